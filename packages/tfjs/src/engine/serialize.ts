/** Runs asynchronous steps that touch global state one after the other. A failed step does not stop the next. */
export function createSerializer(): <T>(step: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return function serialize<T>(step: () => Promise<T>): Promise<T> {
    const result = last.then(step, step);
    last = result.catch(() => undefined);
    return result;
  };
}
