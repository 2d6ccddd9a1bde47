// Starts the handheld and keeps its service worker. A file of its own, because the pages allow no inline script.
//
// Two events on `window` are all the application needs to know of updates:
//   trueup:update-waiting   a whole new build is on the device and waits
//   trueup:update-accept    (sent by the application) take it now; the page loads again
// `document.documentElement.dataset.update` is "waiting" as long as one waits, for a screen that comes later.
// One more brings the camera, which is loaded only then: trueup:camera-open (see camera-view.js).
import init from "./handheld.js";

const root = document.documentElement;

// said when nothing else can be: the application that has the other words did not start
const FAILED = {
  "en": "Trueup could not start. Counts on this device are safe. Load the page again; if that does not help, show this to an administrator:",
  "es": "Trueup no pudo iniciarse. Los conteos de este equipo están a salvo. Vuelve a cargar la página; si no ayuda, muestra esto a un administrador:",
  "de": "Trueup konnte nicht starten. Die Zählungen auf diesem Gerät sind sicher. Seite neu laden; hilft das nicht, dies der Administration zeigen:",
  "fr": "Trueup n’a pas pu démarrer. Les comptages de cet appareil sont en sécurité. Rechargez la page ; si cela n’aide pas, montrez ceci à un administrateur :",
  "pl": "Nie udało się uruchomić Trueup. Dane na tym urządzeniu są bezpieczne. Wczytaj stronę ponownie; jeśli to nie pomoże, pokaż to administratorowi:",
  "pt-BR": "O Trueup não pôde iniciar. As contagens deste aparelho estão seguras. Recarregue a página; se não ajudar, mostre isto a um administrador:",
};

// the language spoken last on this device, else the browser's
function failed() {
  let spoken = null;
  try { spoken = localStorage.getItem("trueup-spoken"); } catch { /* a browser that keeps nothing */ }
  const first = (tag) => tag.split("-")[0].toLowerCase();
  const wanted = first(spoken ?? navigator.language ?? "en");
  const tag = Object.keys(FAILED).find((known) => first(known) === wanted) ?? "en";
  root.lang = tag;
  return FAILED[tag];
}

function announce(registration) {
  if (!registration.waiting || !navigator.serviceWorker.controller) return;
  root.dataset.update = "waiting";
  window.dispatchEvent(new Event("trueup:update-waiting"));
}

async function keepWorker() {
  // the browser must ask the server for sw.js itself, never its own cache
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  announce(registration);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => announce(registration));
  });
  window.addEventListener("trueup:update-accept", () => {
    // only the page that asked loads again: another one may have a sheet open
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting?.postMessage("take-over");
  });
  // an installed application is hardly ever navigated, so it looks for news whenever it comes to the front
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
}

window.addEventListener("trueup:camera-open", () => {
  import("./camera-view.js").then((camera) => camera.open()).catch((error) => {
    console.warn("no camera:", error);
    window.dispatchEvent(new CustomEvent("trueup:camera", { detail: "failed" }));
  });
});

// the worker comes first: when this build is broken, it is the worker that brings the next one
if ("serviceWorker" in navigator) keepWorker().catch((error) => console.warn("no service worker:", error));

try {
  await init({ module_or_path: new URL("./handheld.wasm", import.meta.url) });
  document.getElementById("boot")?.remove();
  // what is seldom used is kept when the device rests, long after the first scan could have been
  const rest = window.requestIdleCallback ?? ((later) => setTimeout(later, 5000));
  rest(() => navigator.serviceWorker?.ready.then((kept) => kept.active?.postMessage("keep-later")).catch(() => {}));
} catch (error) {
  const boot = document.getElementById("boot");
  if (boot) boot.textContent = failed() + " " + error;
  throw error;
}
