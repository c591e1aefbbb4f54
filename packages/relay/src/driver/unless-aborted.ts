/** As `promise`, but not later than `signal` aborts: who does not listen to it is left alone. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(signal.reason)
    signal.addEventListener('abort', refuse, { once: true })
    if (signal.aborted) refuse()
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', refuse))
  })
}
