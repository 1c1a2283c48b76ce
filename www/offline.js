// Keeps the page itself on the device, so that it opens with the server switched off.

/** Milliseconds that a visit waits for news of the page itself. */
const PATIENCE = 3000;

/**
 * Registers the service worker and resolves when it has nothing left to fetch. Where there is none (an insecure
 * address, a private window) the page works all the same, only not offline.
 */
export async function keepOffline() {
  if (!navigator.serviceWorker) return;
  try {
    // At every visit the browser looks for a newer sw.js on its own, a second or so after the page was loaded. That
    // look goes through its cache, and this one comes before it: a host that lets sw.js be kept for a minute sees one
    // request, and that before "ready".
    const { controller } = navigator.serviceWorker;
    // A page that is here already waits for no more than news; and to register waits for a newer version that still comes.
    const soon = (news) => (controller ? Promise.race([news, pause(PATIENCE)]) : news);
    const files = controller && whole(controller);
    const registration = await soon(navigator.serviceWorker.register("sw.js", { updateViaCache: "all" }))
      ?? await navigator.serviceWorker.getRegistration();
    // What comes later than a visit waits for is offered all the same.
    registration.addEventListener("updatefound", async () => {
      if (registration.installing) await settled(registration.installing);
      offerUpdate(registration);
    });
    if (controller) await soon(registration.update().catch(() => {}));
    if (registration.installing) await soon(settled(registration.installing));
    await files;
    offerUpdate(registration);
  } catch (error) {
    console.warn("This page will not open offline:", error);
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

/** Resolves when the worker has all of the page's files, which may have been erased. One of an older version does not answer. */
function whole(worker) {
  return new Promise((resolve) => {
    const silence = setTimeout(resolve, PATIENCE);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      clearTimeout(silence);
      if (data) resolve();
    };
    worker.postMessage("whole", [port2]);
  });
}

/** Resolves when a new worker serves the page, or waits for its turn, or has failed. */
function settled(worker) {
  const ends = navigator.serviceWorker.controller ? ["installed", "activated", "redundant"] : ["activated", "redundant"];
  return new Promise((resolve) => {
    const check = () => {
      if (ends.includes(worker.state)) resolve();
    };
    worker.addEventListener("statechange", check);
    check();
  });
}

/** A new version, where there is one, is offered, never forced on somebody in the middle of something. */
function offerUpdate(registration) {
  const offer = document.getElementById("update");
  if (!registration.waiting || !registration.active || !offer.hidden) return;
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    // It may have been taken in another tab.
    if (!registration.waiting) return location.reload();
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    return registration.waiting.postMessage("activate");
  });
}
