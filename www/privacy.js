// Counts what this page asks of the network after "ready", from the browser's own record of requests.

/**
 * @returns {{start: () => void, add: (request: {url: string, time: number}) => void}} `start` begins counting from
 *   now; `add` takes requests that workers saw
 */
export function countRequests() {
  const output = document.getElementById("requests");
  let since = Infinity;
  let count = 0;
  const add = ({ url, time }) => {
    if (time < since || !url.startsWith("http")) return; // blobs are on the device already
    count += 1;
    output.textContent = count;
  };
  const start = () => {
    since = performance.timeOrigin + performance.now();
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) add({ url: name, time: performance.timeOrigin + startTime });
    }).observe({ type: "resource" });
    output.textContent = 0;
    document.getElementById("sent").hidden = false;
  };
  return { start, add };
}
