// Counts what this page asks of the network after "ready": from the browser's own record of requests, and from the
// service worker, which sees each of them from outside.

/**
 * @param {(counts: {own: number, witness: number | null}) => void} show called at every change
 * @returns {{start: () => void, add: (request: {url: string, time: number}) => void, counts: () => object}} `start`
 *   begins counting from now; `add` takes requests that workers saw
 */
export function countRequests(show) {
  let since = Infinity;
  let own = 0;
  let seen = 0;
  const counts = () => ({ own, witness: navigator.serviceWorker?.controller ? seen : null });
  const add = ({ url, time }) => {
    if (time < since || !url.startsWith("http")) return; // blobs are on the device already
    own += 1;
    show(counts());
  };
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (!data?.request || data.request.time < since) return;
    seen += 1;
    show(counts());
  });
  const start = () => {
    since = performance.timeOrigin + performance.now();
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) add({ url: name, time: performance.timeOrigin + startTime });
    }).observe({ type: "resource" });
    show(counts());
  };
  return { start, add, counts };
}
