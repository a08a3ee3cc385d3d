// A plug-in for Tocsin: docs/plugins.md. With TypeScript it would begin with
//   import { definePlugin } from "tocsin/plugin";
//   export default definePlugin({ … });

export const name = "risk";
export const version = "1";

/** What an enquiry at the bank's own register would give; here it is a table, so that the example runs anywhere. */
const register = { ann: { level: "known" }, mallory: { level: "watched" } };

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const facts = {
  // Synchronous and pure: compiled into the rules that read it, worked out once for an event.
  riskScore: {
    priority: 10,
    calculate: ({ perHundred = 1 }, almanac) => {
      const amount = almanac.factValue("amount");
      return Math.round((amount / 100) * perHundred) + (almanac.factValue("country") === "XX" ? 50 : 0);
    },
  },
  // Asynchronous: asked outside of the stream, its answers recorded.
  customer: async (_params, almanac) => {
    await pause(5);
    return register[await almanac.factValue("user")] ?? { level: "unknown" };
  },
};

export const operators = {
  // True where two words differ by their case alone, or not at all.
  sameWord: {
    evaluate: (fact, value) => fact.toLowerCase() === value.toLowerCase(),
    validate: (fact) => typeof fact === "string",
  },
};

export const decorators = {
  // The operator over the fact without what stands around it.
  trimmed: (fact, value, next) => next(typeof fact === "string" ? fact.trim() : fact, value),
};

export const channels = {
  // A channel that writes to standard output; a real one would call a pager.
  pager: ({ name: channel, options }) => ({
    async send({ id, effect }) {
      const text = effect.kind === "alert" ? effect.alert.summary : effect.kind;
      process.stdout.write(`${options.prefix ?? channel} ${text} (${id})\n`);
      return { kind: "delivered" };
    },
  }),
};
