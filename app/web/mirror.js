// The hands of the second journal: files in the origin-private file system, each appended to by one page and flushed to
// the disk before the answer goes back. A worker, because only workers get handles that can be flushed.
//
// A page takes the first file that nobody holds, or makes one, so pages never wait for each other; a page that is frozen
// keeps its file and nobody else's. Absent: what stands in the files, and changing anything in them.
const FOLDER = "mirror";
const BALLAST = "ballast";
// a file that is fuller than this is left as it is: it can be removed as a whole once all in it is old
const FILE_BYTES_MAX = 1024 * 1024;
const BALLAST_BYTES = 4 * 1024 * 1024;

let own = null;

const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

async function names() {
  const found = [];
  for await (const [name, handle] of (await folder()).entries()) {
    if (handle.kind === "file") found.push(name);
  }
  return found.sort();
}

async function take(name) {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  if (access.getSize() < FILE_BYTES_MAX) return access;
  access.close();
  return null;
}

async function file() {
  if (own && own.getSize() >= FILE_BYTES_MAX) {
    own.close();
    own = null;
  }
  if (own) return own;
  for (const name of await names()) {
    try {
      own = await take(name);
    } catch {
      // another page holds it
    }
    if (own) return own;
  }
  own = await take(crypto.randomUUID());
  return own;
}

const work = {
  async read() {
    const files = [];
    for (const name of await names()) {
      const handle = await (await folder()).getFileHandle(name);
      files.push([name, new Uint8Array(await (await handle.getFile()).arrayBuffer())]);
    }
    return files;
  },
  async append(text) {
    const access = await file();
    const bytes = new TextEncoder().encode(text);
    const at = access.getSize();
    const written = access.write(bytes, { at });
    if (written !== bytes.length) throw new Error("only " + written + " of " + bytes.length + " bytes were written");
    access.flush();
  },
  async remove(name) {
    await (await folder()).removeEntry(name);
  },
  async takeRoom() {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle(BALLAST, { create: true });
    const access = await handle.createSyncAccessHandle();
    try {
      if (access.getSize() >= BALLAST_BYTES) return;
      const bytes = new Uint8Array(BALLAST_BYTES);
      // nothing that a file system could store as nothing
      for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
      access.write(bytes, { at: 0 });
      access.flush();
    } finally {
      access.close();
    }
  },
  async giveRoom() {
    try {
      await (await navigator.storage.getDirectory()).removeEntry(BALLAST);
      return true;
    } catch {
      return false;
    }
  },
};

// one after the other: two appends at once would take the same place
let last = Promise.resolve();
self.addEventListener("message", ({ data: { id, what, argument } }) => {
  last = last.then(async () => {
    try {
      self.postMessage({ id, result: await work[what](argument) });
    } catch (error) {
      own?.close();
      own = null;
      self.postMessage({ id, error: String(error) });
    }
  });
});
