// Keeps the handheld on the device, one build at a time and whole or not at all, so that it opens without a server.
//
// Absent on purpose: the desk, anything under /api and /sync, anything that is not a GET. Counts never pass through
// here: they are in the journal, and the application itself sends them.
const BUILD = "{{build}}";
const CACHE = "trueup-" + BUILD;
// [address, integrity] of every file; filled in by the build
const PRECACHE = ["{{precache}}"];
// the same for what is large and seldom used: kept once the page has nothing else to do
const LATER = ["{{later}}"];
const KEPT = new Set([...PRECACHE, ...LATER].map(([address]) => address));
// addresses that belong to the server alone
const RESERVED = ["/desk", "/api", "/sync", "/healthz", "/b"];

const isReserved = (path) => RESERVED.some((own) => path === own || path.startsWith(own + "/"));

// the integrity makes a deploy in the middle of a list an error, not a page of one build with the glue of another
async function load(address, integrity) {
  const unchanging = address.startsWith("/b/");
  const answer = await fetch(address, { cache: unchanging ? "default" : "reload", credentials: "same-origin", redirect: "error", integrity });
  if (!answer.ok) throw new Error(address + " answered " + answer.status);
  return answer;
}

async function install() {
  try {
    const answers = await Promise.all(PRECACHE.map(async ([address, integrity]) => [address, await load(address, integrity)]));
    const cache = await caches.open(CACHE);
    await Promise.all(answers.map(([address, answer]) => cache.put(address, answer)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
  // the first build takes over at once; a later one waits until the person says so
  if (!self.registration.active) await self.skipWaiting();
}

// no network for it is no error: the page asks again when it is started again
async function keepLater() {
  const cache = await caches.open(CACHE);
  for (const [address, integrity] of LATER) {
    if (!(await cache.match(address))) await cache.put(address, await load(address, integrity));
  }
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("trueup-") && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function fromCache(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(self.skipWaiting());
  if (event.data === "keep-later") event.waitUntil(keepLater().catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (KEPT.has(url.pathname) && request.mode !== "navigate") {
    event.respondWith(fromCache(url.pathname, request));
  } else if (request.mode === "navigate" && !isReserved(url.pathname)) {
    // one page for every screen; it reads the address itself
    event.respondWith(fromCache("/", request));
  }
});
