import type { FaultCode } from "../core/base/fault.ts";
import { pointerTo } from "../core/base/fault.ts";
import { didYouMean } from "../core/base/text-distance.ts";
import { decoratorNames } from "../core/expr/ast.ts";
import type { CustomDecorator, CustomFact, CustomOperator, FactAlmanac } from "../core/expr/extensions.ts";
import { operatorOf } from "../core/expr/json/json-operator.ts";
import type { JsonObject } from "../core/base/json.ts";
import type { Lint } from "../spec/lint.ts";
import type { LoadedChannelFactory, LoadedPlugin } from "./loaded-plugin.ts";
import type { ChannelSettings } from "./plugin.ts";

const exportNames = ["name", "version", "facts", "operators", "decorators", "channels"];
/** What the design has and this version does not do yet. */
const laterNames = ["aggregates", "assigners", "triggers"];
/** Names that stand for the event, the key and the time: a fact of one could not be read. */
const reservedFacts = ["input", "meta", "key", "keySince", "prev", "now"];

type Members = Readonly<Record<string, unknown>>;
type Call = (...args: readonly unknown[]) => unknown;

/** A module as it was imported. */
export interface PluginModule {
  readonly path: string;
  /** Its namespace object. */
  readonly namespace: unknown;
  /** Hash of its file: the identity where it exports no version. */
  readonly fileHash: string;
}

/** The plug-in in a module, and every fault of what it exports. Undefined where one of them is an error. */
export function readPlugin(module: PluginModule): {
  readonly plugin: LoadedPlugin | undefined;
  readonly lints: readonly Lint[];
} {
  const reading = new Reading(module.path);
  const plugin = reading.read(module);
  return { plugin: reading.lints.length > 0 ? undefined : plugin, lints: reading.lints };
}

/** A fault of a module as a whole, or of one of its exports. */
export function pluginLint(file: string, pointer: string, code: FaultCode, message: string): Lint {
  return { file, pointer, line: 1, column: 1, length: 0, severity: "error", code, message };
}

class Reading {
  readonly path: string;
  readonly lints: Lint[] = [];

  constructor(path: string) {
    this.path = path;
  }

  read({ path, namespace, fileHash }: PluginModule): LoadedPlugin {
    const members = membersOf(namespace);
    this.checkNames(members);
    const version = this.text(members, "version");
    return {
      path,
      name: this.text(members, "name") ?? baseName(path),
      identity: version === undefined ? `sha256:${fileHash}` : `version:${version}`,
      facts: this.each(members, "facts", (name, value, pointer) => this.fact(name, value, pointer)),
      operators: this.each(members, "operators", (name, value, pointer) => this.operator(name, value, pointer)),
      decorators: this.each(members, "decorators", (name, value, pointer) => this.decorator(name, value, pointer)),
      channels: new Map(
        this.each(members, "channels", (name, value, pointer) => {
          const factory = this.call(value, pointer, "a function from a channel's settings to the channel");
          return factory === undefined ? undefined : ([name, channelFactory(factory)] as const);
        }),
      ),
    };
  }

  private checkNames(members: Members): void {
    for (const name of Object.keys(members)) {
      const pointer = pointerTo("", name);
      if (laterNames.includes(name)) this.fault(pointer, "unsupported", `\`${name}\` are not in this version yet`);
      else if (!exportNames.includes(name)) {
        const hint = didYouMean(name, exportNames) || `; a plug-in exports ${exportNames.join(", ")}`;
        this.fault(pointer, "unknown-name", `unknown export "${name}"${hint}`);
      }
    }
    if (Object.keys(members).length === 0)
      this.fault("", "missing-key", `exports nothing; a plug-in exports any of ${exportNames.join(", ")}`);
  }

  private text(members: Members, name: string): string | undefined {
    const value = members[name];
    if (value === undefined) return undefined;
    if (typeof value === "string" && value !== "") return value;
    this.fault(pointerTo("", name), "wrong-type", `expected a text that is not empty, found ${describe(value)}`);
    return undefined;
  }

  private each<T>(
    members: Members,
    kind: string,
    read: (name: string, value: unknown, pointer: string) => T | undefined,
  ): readonly T[] {
    const value = members[kind];
    if (value === undefined) return [];
    if (!isObject(value)) {
      this.fault(pointerTo("", kind), "wrong-type", `expected an object of ${kind} by name, found ${describe(value)}`);
      return [];
    }
    return Object.entries(value)
      .map(([name, member]) => read(name, member, pointerTo("", kind, name)))
      .filter((member) => member !== undefined);
  }

  private fact(name: string, value: unknown, pointer: string): CustomFact | undefined {
    if (name === "") return this.fault(pointer, "wrong-value", "a fact needs a name");
    if (reservedFacts.includes(name))
      return this.fault(pointer, "wrong-value", `\`${name}\` is a name of the language itself; choose another`);
    const options = this.options(value, pointer, "calculate", ["calculate", "isAsync", "cache", "priority"]);
    const calculate = this.call(options?.["calculate"], pointer, "a function, or an object with `calculate`");
    if (options === undefined || calculate === undefined) return undefined;
    const { isAsync, cache = true, priority = 1 } = options;
    const isAsyncFunction = Object.prototype.toString.call(options["calculate"]) === "[object AsyncFunction]";
    if ((isAsync !== undefined && typeof isAsync !== "boolean") || typeof cache !== "boolean")
      return this.fault(pointer, "wrong-type", "`isAsync` and `cache` are true or false");
    if (isAsync === false && isAsyncFunction)
      return this.fault(pointer, "wrong-value", "`isAsync` is false, but `calculate` is an async function");
    if (typeof priority !== "number" || !Number.isInteger(priority) || priority < 1)
      return this.fault(pointerTo(pointer, "priority"), "wrong-value", "expected a whole number from 1");
    const waits = isAsync === true || isAsyncFunction;
    const called = waits ? calculate : unheard(calculate);
    return {
      name,
      calculate: (params: JsonObject, almanac: FactAlmanac) => called(params, almanac),
      isAsync: waits,
      isCached: cache,
      priority,
    };
  }

  private operator(name: string, value: unknown, pointer: string): CustomOperator | undefined {
    if (name === "" || name.startsWith(":") || name.endsWith(":"))
      return this.fault(pointer, "wrong-value", "an operator needs a name that neither begins nor ends with a colon");
    if (operatorOf(name)?.isExtra === false)
      return this.fault(pointer, "duplicate", `\`${name}\` is json-rules-engine's own operator; choose another name`);
    return this.evaluating(name, value, pointer, "an operator");
  }

  private decorator(name: string, value: unknown, pointer: string): CustomDecorator | undefined {
    if (name === "" || name.includes(":"))
      return this.fault(pointer, "wrong-value", "a decorator needs a name without a colon");
    if (decoratorNames.some((known) => known === name && known !== "ignoreCase"))
      return this.fault(pointer, "duplicate", `\`${name}\` is json-rules-engine's own decorator; choose another name`);
    return this.evaluating(name, value, pointer, "a decorator");
  }

  /** Of either kind: a function alone, or `evaluate` with `validate`. */
  private evaluating(name: string, value: unknown, pointer: string, what: string): EvaluatingMember | undefined {
    const options = this.options(value, pointer, "evaluate", ["evaluate", "validate"]);
    const expected = `${what}: a function, or an object with \`evaluate\``;
    const evaluate = this.call(options?.["evaluate"], pointer, expected);
    if (options === undefined || evaluate === undefined) return undefined;
    if (Object.prototype.toString.call(options["evaluate"]) === "[object AsyncFunction]")
      return this.fault(pointer, "wrong-type", `${what} decides at once: \`evaluate\` can't be an async function`);
    const { validate } = options;
    const validating =
      validate === undefined ? undefined : this.call(validate, pointerTo(pointer, "validate"), "a function");
    return {
      name,
      evaluate: unheard(evaluate),
      validate: validating === undefined ? undefined : unheard(validating),
    };
  }

  /** The members of an object, or a function as the one that matters. */
  private options(value: unknown, pointer: string, main: string, known: readonly string[]): Members | undefined {
    if (typeof value === "function") return { [main]: value };
    if (!isObject(value)) {
      this.fault(pointer, "wrong-type", `expected a function, or an object with \`${main}\`, found ${describe(value)}`);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key))
        this.fault(pointerTo(pointer, key), "unknown-key", `unknown key "${key}"${didYouMean(key, known)}`);
    }
    if (typeof value[main] === "function") return value;
    this.fault(pointerTo(pointer, main), "wrong-type", `expected a function, found ${describe(value[main])}`);
    return undefined;
  }

  private call(value: unknown, pointer: string, expected: string): Call | undefined {
    if (typeof value === "function") {
      return (...args) => {
        const result: unknown = Reflect.apply(value, undefined, args);
        return result;
      };
    }
    // Of an object that has no such function `options` has said so.
    if (!this.lints.some((lint) => lint.pointer.startsWith(pointer)))
      this.fault(pointer, "wrong-type", `expected ${expected}, found ${describe(value)}`);
    return undefined;
  }

  private fault(pointer: string, code: FaultCode, message: string): undefined {
    this.lints.push(pluginLint(this.path, pointer, code, message));
  }
}

interface EvaluatingMember {
  readonly name: string;
  readonly evaluate: Call;
  readonly validate: Call | undefined;
}

function channelFactory(factory: Call): LoadedChannelFactory {
  return (settings: ChannelSettings) => factory(settings);
}

/** A promise where none may be is told as an error; that it is rejected later must not end the process. */
function unheard(call: Call): Call {
  return (...args) => {
    const result = call(...args);
    if (result instanceof Promise) result.catch(() => undefined);
    return result;
  };
}

/** What a module exports, or its default export where that is an object. Of a CommonJS module its `module.exports`. */
function membersOf(namespace: unknown): Members {
  if (!isObject(namespace)) return {};
  const { default: main, "module.exports": _commonJs, __esModule: _marker, ...named } = namespace;
  return isObject(main)
    ? { ...named, ...withoutMarker(main) }
    : { ...named, ...(main === undefined ? {} : { default: main }) };
}

function withoutMarker({ __esModule: _marker, ...members }: Members): Members {
  return members;
}

function baseName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return name.replace(/\.[cm]?[jt]s$/, "");
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}
