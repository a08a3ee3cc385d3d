/** Lets timers, signals and other tasks of the process have their turn: a source that always has more would starve them. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
