/** The parts of an element that are needed here. */
interface Box {
  readonly clientWidth: number;
  readonly clientHeight: number;
}

/**
 * A page's functions, as far as it has them: tests and old pages may not. Written
 * out, because packing checks the types without the DOM's.
 */
interface PageGlobals {
  readonly ResizeObserver?: new (listener: () => void) => {
    observe(target: Box): void;
    disconnect(): void;
  };
  readonly requestAnimationFrame?: (listener: () => void) => number;
}

/**
 * Fits a terminal into the element around it, now and whenever that changes its
 * size. An element that is hidden has no size, and would make the terminal, and
 * the program in it, two columns wide.
 *
 * @returns A function that stops it.
 */
export function followElement(
  terminal: { readonly element?: unknown },
  addon: { fit(): void },
): () => void {
  const element = terminal.element as { parentElement?: Box } | undefined;
  const parent = element?.parentElement;
  let stopped = false;
  let waiting = false;
  const fit = (): void => {
    waiting = false;
    if (!stopped && (parent === undefined || isVisible(parent))) addon.fit();
  };
  const { ResizeObserver: Observer, requestAnimationFrame: nextFrame } =
    globalThis as PageGlobals;
  // Within the observer's callback, a new size is an error of the page.
  const fitLater = (): void => {
    if (waiting) return;
    waiting = true;
    if (nextFrame) nextFrame.call(globalThis, fit);
    else queueMicrotask(fit);
  };
  fit();
  if (Observer === undefined || parent === undefined) {
    globalThis.addEventListener("resize", fitLater);
    return () => {
      stopped = true;
      globalThis.removeEventListener("resize", fitLater);
    };
  }
  const observer = new Observer(fitLater);
  observer.observe(parent);
  return () => {
    stopped = true;
    observer.disconnect();
  };
}

function isVisible({ clientWidth, clientHeight }: Box): boolean {
  return clientWidth > 0 && clientHeight > 0;
}
