// The camera of a device without a scanner: shows its picture in <video id="camera"> and tells what codes it sees. Loaded
// when somebody opens the camera for the first time.
//
// Events on `window`:
//   trueup:camera          (sent from here) its detail is "looking", "looking-light" (there is a lamp), "denied", "none",
//                          "busy", "failed", or "read:" and the text of a code, as often as it is seen
//   trueup:camera-lamp     (sent by the application) turns the lamp on, or off
//   trueup:camera-close    (sent by the application) turns everything off
//
// Absent: which of many reads counts, and what a code means. The browser's own reader is used where it knows what
// warehouses print; elsewhere a worker reads (camera-worker.js).
const NEEDED = ["code_128", "ean_13", "ean_8", "upc_a", "itf", "qr_code", "data_matrix"];
// the browser's reader names formats; only these say more than the text (a symbology identifier is what a scanner sends)
const IDENTIFIER = { ean_13: "]E0", ean_8: "]E4", upc_a: "]E00" };
// between two looks: a hand holds still for longer, and the processor has other work
const PAUSE_MS = 80;
// a code across the picture has four pixels a bar at this width; more only costs time
const WIDTH_MAX = 960;

const tell = (detail) => window.dispatchEvent(new CustomEvent("trueup:camera", { detail }));
let opened = null;

async function ownReader() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!NEEDED.every((format) => formats.includes(format))) return null;
  const detector = new BarcodeDetector({ formats: [...NEEDED, "upc_e", "code_39"].filter((it) => formats.includes(it)) });
  return {
    async read(video) {
      const found = await detector.detect(video);
      return found.map(({ format, rawValue }) => (IDENTIFIER[format] ?? "") + rawValue);
    },
    close() {},
  };
}

function workerReader() {
  const worker = new Worker(new URL("./camera-worker.js", import.meta.url), { type: "module" });
  return {
    async read(video) {
      const scale = Math.min(1, WIDTH_MAX / video.videoWidth);
      const size = { resizeWidth: Math.round(video.videoWidth * scale), resizeHeight: Math.round(video.videoHeight * scale) };
      const picture = await createImageBitmap(video, size);
      return new Promise((done, failed) => {
        worker.onmessage = ({ data }) => (data instanceof Error ? failed(data) : done(data === null ? [] : [data]));
        worker.onerror = () => failed(new Error("the reader of pictures stopped"));
        worker.postMessage(picture, [picture]);
      });
    },
    close: () => worker.terminate(),
  };
}

const TROUBLE = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };

export async function open() {
  close();
  const own = (opened = { stream: null, reader: null, isLit: false });
  try {
    if (!navigator.mediaDevices) return tell("none");
    const video = document.getElementById("camera");
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    // closed while the person was asked
    if (opened !== own) return stream.getTracks().forEach((track) => track.stop());
    own.stream = stream;
    video.srcObject = stream;
    await video.play();
    const [track] = stream.getVideoTracks();
    // unplugged, or taken by another application
    track.addEventListener("ended", () => { if (opened === own) { close(); tell("busy"); } });
    own.reader = (await ownReader()) ?? workerReader();
    if (opened !== own) return own.reader.close();
    tell(track.getCapabilities?.().torch ? "looking-light" : "looking");
    look(own, video);
  } catch (error) {
    if (opened !== own) return;
    close();
    console.warn("no camera:", error);
    tell(TROUBLE[error.name] ?? "failed");
  }
}

async function look(own, video) {
  try {
    while (opened === own) {
      if (video.videoWidth > 0 && document.visibilityState === "visible") {
        for (const text of await own.reader.read(video)) {
          if (opened === own) tell("read:" + text);
        }
      }
      await new Promise((rested) => setTimeout(rested, PAUSE_MS));
    }
  } catch (error) {
    if (opened !== own) return;
    close();
    console.warn("no camera:", error);
    tell("failed");
  }
}

function close() {
  opened?.stream?.getTracks().forEach((track) => track.stop());
  opened?.reader?.close();
  opened = null;
}

window.addEventListener("trueup:camera-close", close);
window.addEventListener("trueup:camera-lamp", () => {
  if (!opened?.stream) return;
  opened.isLit = !opened.isLit;
  opened.stream.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: opened.isLit }] }).catch(() => {});
});
