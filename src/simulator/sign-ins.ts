import type { JsonObject } from "../core/base/json.ts";
import type { Prng } from "../core/base/prng.ts";
import {
  deviceOf,
  farCity,
  homeAddress,
  homeCity,
  officeAddress,
  placeFields,
  strangeAddress,
  userCount,
  userName,
} from "./people.ts";
import type { City } from "./people.ts";
import { between, happens, plotStream, spread } from "./plot.ts";
import type { Plot } from "./plot.ts";
import { Rota } from "./rota.ts";
import { eventDraft } from "./stream.ts";
import type { Draft, Stream } from "./stream.ts";

/** Milliseconds between two visits are in [1, this]: 40 visits a second, and a round of all users in 50 s. */
const visitGapMsMax = 49;

/** Sign-ins of 2,000 users: most succeed, some after a mistyped password, some with a push to the phone. */
export function signIns(prng: Prng): readonly Stream[] {
  const users = new Rota({ size: userCount, stride: 733 });
  const plots = [
    passwordGuessed(users),
    passwordMistyped(users),
    passwordSprayed(users),
    officeMorning(users),
    impossibleTravel(users),
    phoneOnTheTrain(users),
    mfaFatigue(users),
    mfaFumbled(users),
  ];
  return [visits(users, prng), ...plots.map((plot) => plotStream(plot, prng))];
}

function visits(users: Rota, root: Prng): Stream {
  const prng = root.fork("visits");
  return {
    firstOffsetMs: prng.nextBelow(visitGapMsMax),
    run(offsetMs) {
      const user = users.next();
      const from = fromHome(user);
      const drafts: Draft[] = [];
      let at = offsetMs;
      // At most three in a row: what four or more mean is for the plots.
      const failureCount = happens(prng, 8) ? between(prng, 1, 3) : 0;
      for (let failure = 0; failure < failureCount; failure += 1) {
        drafts.push(failed(at, from));
        at += between(prng, 400, 1_200);
      }
      if (happens(prng, 4)) {
        drafts.push(eventDraft(at, "signin.mfa_prompted", from));
        at += between(prng, 500, 2_500);
        drafts.push(eventDraft(at, "signin.mfa_approved", from));
      }
      drafts.push(eventDraft(at, "signin.success", from));
      return { drafts, nextOffsetMs: offsetMs + between(prng, 1, visitGapMsMax) };
    },
  };
}

function fromHome(user: number): JsonObject {
  return signIn(user, homeAddress(user), homeCity(user), deviceOf(user));
}

function signIn(user: number, address: string, city: City, device: string): JsonObject {
  return { user: userName(user), address, ...placeFields(city), device };
}

function failed(offsetMs: number, from: JsonObject): Draft {
  return eventDraft(offsetMs, "signin.failure", { ...from, reason: "wrong-password" });
}

/** Five to eight wrong passwords from one address, then the right one. */
function passwordGuessed(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-password-guessed", name: "guessed", isLookAlike: false },
    ...{ firstOffsetMs: 1_500, everyMs: 7_000 },
    stage({ offsetMs, ordinal, prng }) {
      const user = users.away(0);
      const from = signIn(user, strangeAddress(0, ordinal * 257), farCity(user), "unknown");
      const offsets = spread({ offsetMs, prng }, { count: between(prng, 6, 9), stepMsMin: 250, stepMsMax: 600 });
      return { key: keyOf(from, "user", "address"), drafts: failuresThenSuccess(offsets, from) };
    },
  };
}

/** Four wrong passwords, then the right one: somebody comes back from a holiday. */
function passwordMistyped(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-password-guessed", name: "mistyped", isLookAlike: true },
    ...{ firstOffsetMs: 2_500, everyMs: 6_000 },
    stage({ offsetMs, prng }) {
      const from = fromHome(users.away(1));
      const offsets = spread({ offsetMs, prng }, { count: 5, stepMsMin: 400, stepMsMax: 1_200 });
      return { key: keyOf(from, "user", "address"), drafts: failuresThenSuccess(offsets, from) };
    },
  };
}

function failuresThenSuccess(offsets: readonly number[], from: JsonObject): Draft[] {
  return offsets.map((at, index) =>
    index < offsets.length - 1 ? failed(at, from) : eventDraft(at, "signin.success", from),
  );
}

/** One address tries one password for many users. */
function passwordSprayed(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-password-spraying", name: "sprayed", isLookAlike: false },
    ...{ firstOffsetMs: 2_500, everyMs: 12_000 },
    stage({ offsetMs, ordinal, prng }) {
      const address = strangeAddress(1, ordinal * 263);
      const offsets = spread({ offsetMs, prng }, { count: between(prng, 12, 20), stepMsMin: 120, stepMsMax: 350 });
      const drafts = offsets.map((at, index) => {
        const user = users.away(6, index);
        return failed(at, signIn(user, address, farCity(user), "unknown"));
      });
      return { key: { address }, drafts };
    },
  };
}

/** Twenty-four people of one office within seconds, every second of whom mistypes once. */
function officeMorning(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-password-spraying", name: "office", isLookAlike: true },
    ...{ firstOffsetMs: 4_000, everyMs: 15_000 },
    stage({ offsetMs, ordinal, prng }) {
      const city = homeCity(ordinal);
      const address = officeAddress(city);
      const offsets = spread({ offsetMs, prng }, { count: 24, stepMsMin: 100, stepMsMax: 250 });
      const drafts = offsets.flatMap((at, index) => {
        const user = users.away(7, index);
        const from = signIn(user, address, city, deviceOf(user));
        const succeeded = eventDraft(at + 400, "signin.success", from);
        return index % 2 === 0 ? [succeeded] : [failed(at, from), succeeded];
      });
      return { key: { address }, drafts };
    },
  };
}

/** At home, and seconds later on another continent. */
function impossibleTravel(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-impossible-travel", name: "travel", isLookAlike: false },
    ...{ firstOffsetMs: 3_500, everyMs: 9_000 },
    stage({ offsetMs, ordinal, prng }) {
      const user = users.away(2);
      const away = signIn(user, strangeAddress(0, ordinal * 257 + 128), farCity(user), "unknown");
      const drafts = [
        eventDraft(offsetMs, "signin.success", fromHome(user)),
        eventDraft(offsetMs + between(prng, 1_500, 5_000), "signin.success", away),
      ];
      return { key: keyOf(away, "user"), drafts };
    },
  };
}

/** At home, and seconds later by a mobile network whose exit stands half a degree further. */
function phoneOnTheTrain(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-impossible-travel", name: "train", isLookAlike: true },
    ...{ firstOffsetMs: 5_000, everyMs: 8_000 },
    stage({ offsetMs, prng }) {
      const user = users.away(3);
      const home = homeCity(user);
      const mobile = { ...fromHome(user), address: officeAddress(home), lat: home.lat + 0.5, lon: home.lon + 0.5 };
      const drafts = [
        eventDraft(offsetMs, "signin.success", fromHome(user)),
        eventDraft(offsetMs + between(prng, 1_500, 5_000), "signin.success", { ...mobile, device: "iphone" }),
      ];
      return { key: keyOf(mobile, "user"), drafts };
    },
  };
}

/** Pushes until the owner of the phone gives in. */
function mfaFatigue(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-mfa-fatigue", name: "fatigue", isLookAlike: false },
    ...{ firstOffsetMs: 3_000, everyMs: 10_000 },
    stage({ offsetMs, ordinal, prng }) {
      const user = users.away(4);
      const from = signIn(user, strangeAddress(0, ordinal * 257 + 64), farCity(user), "unknown");
      const offsets = spread({ offsetMs, prng }, { count: between(prng, 6, 8), stepMsMin: 500, stepMsMax: 900 });
      return { key: keyOf(from, "user"), drafts: pushes(offsets, from) };
    },
  };
}

/** Two pushes denied by mistake; or every second time, many, until the help desk sets the phone up anew. */
function mfaFumbled(users: Rota): Plot {
  return {
    ...{ scenario: "signin", rule: "signin-mfa-fatigue", name: "fumbled", isLookAlike: true },
    ...{ firstOffsetMs: 4_500, everyMs: 9_000 },
    stage({ offsetMs, ordinal, prng }) {
      const from = fromHome(users.away(5));
      const isReset = ordinal % 2 === 1;
      const offsets = spread({ offsetMs, prng }, { count: isReset ? 6 : 3, stepMsMin: 500, stepMsMax: 900 });
      const last = offsets.at(-1) ?? offsetMs;
      const reset = isReset ? [eventDraft(last - 50, "signin.mfa_reset", { ...from, by: "help-desk" })] : [];
      return { key: keyOf(from, "user"), drafts: [...pushes(offsets, from), ...reset] };
    },
  };
}

/** All denied but the last. */
function pushes(offsets: readonly number[], from: JsonObject): Draft[] {
  return offsets.flatMap((at, index) => {
    const prompted = eventDraft(at, "signin.mfa_prompted", from);
    if (index < offsets.length - 1) return [prompted, eventDraft(at + 300, "signin.mfa_denied", from)];
    return [prompted, eventDraft(at + 300, "signin.mfa_approved", from), eventDraft(at + 350, "signin.success", from)];
  });
}

function keyOf(fields: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}
