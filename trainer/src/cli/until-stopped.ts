/** Resolves when the process is asked to stop (Ctrl-C, or SIGTERM of a service manager). */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => resolve();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}

/** A signal that aborts when the process is asked to stop, so that a training can write its checkpoint first. */
export function abortOnStop(): AbortSignal {
  const controller = new AbortController();
  void untilStopped().then(() => controller.abort());
  return controller.signal;
}
