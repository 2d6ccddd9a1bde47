// Reads the code in each picture that it is sent, away from the thread that draws: answers its text, null where there is
// none, or an Error when it can read no more.
import init, { read } from "./camera.js";

const ready = init({ module_or_path: new URL("./camera.wasm", import.meta.url) });
const canvas = new OffscreenCanvas(1, 1);
const drawing = canvas.getContext("2d", { willReadFrequently: true });

self.onmessage = async ({ data: picture }) => {
  try {
    await ready;
    self.postMessage(look(picture));
  } catch (error) {
    self.postMessage(error instanceof Error ? error : new Error(String(error)));
  }
};

function look(picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  drawing.drawImage(picture, 0, 0);
  picture.close();
  const { data, width, height } = drawing.getImageData(0, 0, canvas.width, canvas.height);
  return read(data, width, height) ?? null;
}
