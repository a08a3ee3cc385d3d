/**
 * Decides what happens at a call of a port, by the method's name. What `before` throws keeps the call from happening; what
 * `after` throws loses its answer. A promise is waited for: one that never settles is a call that never comes back.
 */
export type Plan = (
  name: string,
) => { readonly before?: () => void | Promise<void>; readonly after?: () => void | Promise<void> } | undefined;

/** The port with `plan` at each call of the methods named. */
export function faultyPort<Port extends object>(port: Port, names: readonly (keyof Port & string)[], plan: Plan): Port {
  return new Proxy(port, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      const name = names.find((candidate) => candidate === property);
      if (name === undefined || typeof value !== "function") return value;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        const planned = plan(name);
        await planned?.before?.();
        const result: unknown = await Reflect.apply(value, target, args);
        await planned?.after?.();
        return result;
      };
    },
  });
}
