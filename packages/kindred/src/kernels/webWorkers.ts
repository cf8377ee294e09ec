import { handSource, type Hire } from "./hands.ts";

const refused =
  "a Worker cannot be started from a blob: address; a Content-Security-Policy must allow it, with worker-src blob:";

/** How threads are started in browsers. @throws Error saying why they cannot be */
export function hiringInBrowser(): Hire {
  if (typeof Worker === "undefined") throw new Error("there are no Workers here");
  if (globalThis.crossOriginIsolated !== true)
    throw new Error(
      "threads share memory, which browsers allow in Workers of cross-origin isolated pages only: those served with " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  return (task, onEnd) => {
    const source = `${handSource}\nonmessage = ({ data }) => work(data);`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const thread = startWorker(address);
    thread.onerror = (event) => {
      event.preventDefault();
      // a Worker that could not be loaded has no message
      onEnd(event.message ? `a thread ended by itself: ${event.message}` : refused);
    };
    thread.postMessage(task);
    return () => {
      thread.terminate();
      URL.revokeObjectURL(address);
    };
  };
}

function startWorker(address: string): Worker {
  try {
    return new Worker(address);
  } catch (cause) {
    URL.revokeObjectURL(address);
    throw new Error(refused, { cause });
  }
}
