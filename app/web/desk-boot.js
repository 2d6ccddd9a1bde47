// Starts the desk. It registers no service worker: a desk without its server has nothing true to show.
import init from "./desk.js";

try {
  await init({ module_or_path: new URL("./desk.wasm", import.meta.url) });
  document.getElementById("boot")?.remove();
} catch (error) {
  const boot = document.getElementById("boot");
  if (boot) boot.textContent = "Trueup could not start. Load the page again; if that does not help, show this to an administrator: " + error;
  throw error;
}
