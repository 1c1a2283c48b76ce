// Keeps the page itself on the device, so that it opens with the server switched off.

/**
 * Registers the service worker and resolves when it has nothing left to fetch. Where there is none (an insecure
 * address, a private window) the page works all the same, only not offline.
 */
export async function keepOffline() {
  if (!navigator.serviceWorker) return;
  try {
    // The browser looks for a newer sw.js on its own at each visit; through its cache, so that this too stays quiet.
    const registration = await navigator.serviceWorker.register("sw.js", { updateViaCache: "all" });
    if (registration.installing) await settled(registration.installing);
    if (registration.waiting && registration.active) offerUpdate(registration.waiting);
  } catch (error) {
    console.warn("This page will not open offline:", error);
  }
}

function settled(worker) {
  return new Promise((resolve) => {
    const check = () => {
      if (["activated", "redundant"].includes(worker.state) || (worker.state === "installed" && navigator.serviceWorker.controller)) resolve();
    };
    worker.addEventListener("statechange", check);
    check();
  });
}

/** A new version is offered, never forced on somebody in the middle of something. */
function offerUpdate(worker) {
  const offer = document.getElementById("update");
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage("activate");
  });
}
