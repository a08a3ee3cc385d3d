import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { incidentIdOf, updateIncident, type Incident } from "../../src/core/notify/incident.ts";
import { notificationOf, type Notification } from "../../src/core/notify/notification.ts";
import type { Effect } from "../../src/core/alert/effect.ts";
import type { IncidentStore } from "../../src/ports/incident-store.ts";
import { alarmEffect, alertEffect, deadLetterEffect, sampleAlert } from "./sample-effects.ts";

export interface IncidentStoreUnderTest {
  readonly store: IncidentStore;
  /** The same data through another instance, as another process has it. */
  readonly other: IncidentStore;
  /** Moves the store's own time. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface IncidentStoreLimits {
  readonly incidentCountMax: number;
  readonly unfinishedCountMax: number;
}

const routing = { defaultChannels: ["console", "ops"], deadLetterChannel: "dead-letters" };
const minuteMs = 60_000;
const dayMs = 86_400_000;

function notify(...effects: readonly Effect[]): readonly Notification[] {
  return effects.map((effect) => notificationOf(effect, routing));
}

function idsOf(...effects: readonly Effect[]): readonly string[] {
  return notify(...effects).flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
}

/** Every incident store passes this. `open` gives an empty one. */
export function incidentStoreContract(
  name: string,
  open: (limits: IncidentStoreLimits) => Promise<IncidentStoreUnderTest>,
): void {
  describe(`${name} as an incident store`, () => {
    let under: IncidentStoreUnderTest;
    let store: IncidentStore;
    beforeEach(async () => {
      under = await open({ incidentCountMax: 3, unfinishedCountMax: 300 });
      store = under.store;
    });
    afterEach(() => under.close());

    async function pendingIds(): Promise<readonly string[]> {
      return (await store.pendingDeliveries(1_000)).map(({ id }) => id);
    }

    test("an effect leads to its deliveries, oldest first, and to its incident", async () => {
      const effects = [alertEffect(1), deadLetterEffect(2), alarmEffect(3)];
      await store.apply(notify(...effects));
      expect(await store.pendingDeliveries(1_000)).toEqual(notify(...effects).flatMap(({ deliveries }) => deliveries));
      expect(await store.pendingDeliveries(2)).toEqual(notify(alertEffect(1)).flatMap(({ deliveries }) => deliveries));
      expect(await store.incidents(10)).toEqual([updateIncident(undefined, sampleAlert(1))]);
      expect(await store.countDeliveries()).toEqual({ pending: 5, queued: 0, sent: 0, failed: 0 });
    });

    test("an effect seen before changes nothing, in whatever batch and from whatever process it comes again", async () => {
      await store.apply(notify(alertEffect(1), alertEffect(2)));
      await under.other.apply(notify(alertEffect(2), alertEffect(3), alertEffect(3), alertEffect(1)));
      await store.apply(notify(alertEffect(3)));
      const incident = [1, 2, 3]
        .map((number) => sampleAlert(number))
        .reduce<Incident | undefined>(updateIncident, undefined);
      expect(await store.incidents(10)).toEqual([incident]);
      expect(await pendingIds()).toEqual(idsOf(alertEffect(1), alertEffect(2), alertEffect(3)));
    });

    test("two that apply at once lose none of each other's alerts", async () => {
      const numbers = Array.from({ length: 40 }, (_, index) => index);
      await Promise.all([
        store.apply(notify(...numbers.map((number) => alertEffect(number)))),
        under.other.apply(notify(...numbers.map((number) => alertEffect(number + 20)))),
        under.other.apply(notify(...numbers.map((number) => alertEffect(number + 100)))),
      ]);
      const [incident] = await store.incidents(10);
      expect(incident?.count).toBe(100);
      expect(new Set(await pendingIds()).size).toBe(200);
    });

    test("an effect with no channel is an incident, and is known when it comes again", async () => {
      const silent = { effect: alertEffect(1), deliveries: [] };
      await store.apply([silent]);
      await store.apply([silent]);
      expect(await store.incidents(10)).toMatchObject([{ count: 1 }]);
      expect(await pendingIds()).toEqual([]);
    });

    test("incidents of one rule are told apart by their fingerprints, the one with the latest news first", async () => {
      await store.apply(
        notify(
          alertEffect(1, { fingerprint: "a" }),
          alertEffect(2, { fingerprint: "b" }),
          alertEffect(3, { fingerprint: "a" }),
        ),
      );
      expect((await store.incidents(10)).map(({ id, count }) => [id, count])).toEqual([
        [incidentIdOf({ rule: "card-testing", fingerprint: "a" }), 2],
        [incidentIdOf({ rule: "card-testing", fingerprint: "b" }), 1],
      ]);
      expect(await store.incidents(1)).toHaveLength(1);
    });

    test("at the limit the incident that was quiet longest goes; its deliveries stay", async () => {
      for (const [number, fingerprint] of ["a", "b", "c", "a", "d", "e"].entries())
        await store.apply(notify(alertEffect(number, { fingerprint })));
      expect((await store.incidents(10)).map(({ fingerprint }) => fingerprint)).toEqual(["e", "d", "a"]);
      expect(await pendingIds()).toHaveLength(12);
    });

    test("with as many unfinished deliveries as are kept, more are refused for the time being, and nothing of them stays", async () => {
      await store.apply(notify(...Array.from({ length: 150 }, (_, index) => alertEffect(index))));
      const more = notify(alertEffect(150));
      await expect(store.apply(more)).rejects.toMatchObject({ code: "STORE_FULL", retryable: true });
      expect(await store.countDeliveries()).toMatchObject({ pending: 300 });
      expect(await store.incidents(1)).toMatchObject([{ count: 150 }]);
      for (const id of idsOf(alertEffect(0))) await store.markSent(id);
      await store.apply(more);
      expect(await store.countDeliveries()).toMatchObject({ pending: 300, sent: 2 });
    });

    test("a delivery that the queue has is pending no more; saying so again is harmless", async () => {
      const [first = "", second = ""] = idsOf(alertEffect(1));
      await store.apply(notify(alertEffect(1)));
      await store.markQueued([first]);
      await store.markQueued([first, "dunknown"]);
      expect(await pendingIds()).toEqual([second]);
      expect(await store.countDeliveries()).toEqual({ pending: 1, queued: 1, sent: 0, failed: 0 });
    });

    test("one claim at a time; a claim that is over or given back is free, and each counts", async () => {
      const [id = ""] = idsOf(alertEffect(1));
      await store.apply(notify(alertEffect(1)));
      expect(await store.claim(id, 5 * minuteMs)).toEqual({ kind: "claimed", attempt: 1 });
      const refused = await under.other.claim(id, 5 * minuteMs);
      expect(
        refused.kind === "leased" && refused.retryAfterMs > 4 * minuteMs && refused.retryAfterMs <= 5 * minuteMs,
      ).toBe(true);
      await under.advance(5 * minuteMs);
      expect(await under.other.claim(id, 5 * minuteMs)).toEqual({ kind: "claimed", attempt: 2 });
      await under.other.releaseClaim(id);
      expect(await store.claim(id, 5 * minuteMs)).toEqual({ kind: "claimed", attempt: 3 });
    });

    test("of many that claim at once one gets it", async () => {
      const [id = ""] = idsOf(alertEffect(1));
      await store.apply(notify(alertEffect(1)));
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : under.other).claim(id, minuteMs)),
      );
      expect(claims.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
    });

    test("what was sent is never claimed again, not even when its row is gone", async () => {
      const [id = ""] = idsOf(alertEffect(1));
      await store.apply(notify(alertEffect(1)));
      await store.markQueued([id]);
      await store.claim(id, minuteMs);
      await store.markSent(id);
      await store.markSent(id);
      await store.markFailed(id, "too late to fail");
      expect(await under.other.claim(id, minuteMs)).toEqual({ kind: "sent" });
      expect(await store.countDeliveries()).toEqual({ pending: 1, queued: 0, sent: 1, failed: 0 });
      await under.advance(11 * minuteMs);
      await store.pendingDeliveries(10);
      expect(await store.getDelivery(id)).toBeUndefined();
      expect(await store.claim(id, minuteMs)).toEqual({ kind: "sent" });
      expect(await store.countDeliveries()).toEqual({ pending: 1, queued: 0, sent: 0, failed: 0 });
    });

    test("a final failure is kept as a state and is never claimed; sent after all is sent", async () => {
      const [failed = "", both = ""] = idsOf(alertEffect(1));
      await store.apply(notify(alertEffect(1)));
      for (const id of [failed, both]) await store.markFailed(id, "550 no such user");
      expect(await store.claim(failed, minuteMs)).toEqual({ kind: "failed" });
      await store.markSent(both);
      expect(await store.claim(both, minuteMs)).toEqual({ kind: "sent" });
      await under.advance(dayMs);
      expect(await pendingIds()).toEqual([]);
      expect(await store.countDeliveries()).toEqual({ pending: 0, queued: 0, sent: 0, failed: 1 });
      expect(await store.getDelivery(failed)).toEqual(notify(alertEffect(1))[0]?.deliveries[0]);
    });

    test("a fast worker may finish what is not yet marked queued", async () => {
      const [id = ""] = idsOf(deadLetterEffect(1));
      await store.apply(notify(deadLetterEffect(1)));
      await store.claim(id, minuteMs);
      await store.markSent(id);
      await store.markQueued([id]);
      expect(await pendingIds()).toEqual([]);
      expect(await store.countDeliveries()).toEqual({ pending: 0, queued: 0, sent: 1, failed: 0 });
    });

    test("what the queue got an hour ago and nobody finished is pending again, unless it is being sent", async () => {
      const [lost = "", claimed = ""] = idsOf(alertEffect(1));
      await store.apply(notify(alertEffect(1)));
      await store.markQueued([lost, claimed]);
      await under.advance(59 * minuteMs);
      expect(await pendingIds()).toEqual([]);
      await store.claim(claimed, 5 * minuteMs);
      await under.advance(2 * minuteMs);
      expect(await pendingIds()).toEqual([lost]);
      await store.markQueued([lost]);
      await under.advance(61 * minuteMs);
      expect(new Set(await pendingIds())).toEqual(new Set([lost, claimed]));
    });

    test("an effect is known as long as a row of it is there, and a week more", async () => {
      const [first = "", second = ""] = idsOf(alertEffect(1));
      await store.apply(notify(alertEffect(1)));
      await store.markSent(first);
      await under.advance(30 * dayMs);
      await store.pendingDeliveries(10);
      await store.apply(notify(alertEffect(1)));
      expect(await pendingIds()).toEqual([second]);
      await store.markSent(second);
      await under.advance(dayMs);
      await store.pendingDeliveries(10);
      await under.advance(6 * dayMs);
      await store.pendingDeliveries(10);
      await store.apply(notify(alertEffect(1)));
      expect(await store.countDeliveries()).toEqual({ pending: 0, queued: 0, sent: 0, failed: 0 });
      await under.advance(2 * dayMs);
      await store.pendingDeliveries(10);
      await store.apply(notify(alertEffect(1)));
      expect(await store.countDeliveries()).toMatchObject({ pending: 2 });
    });

    test("one look at large rows returns what fits into memory, at least one", async () => {
      const large = Array.from({ length: 7 }, (_, index) => deadLetterEffect(index, "x".repeat(1_000_000)));
      await store.apply(notify(...large));
      const first = await store.pendingDeliveries(100);
      expect(first.length).toBeGreaterThan(0);
      expect(first.length).toBeLessThan(7);
      const seen: string[] = [];
      for (let ids = first.map(({ id }) => id); ids.length > 0; ids = [...(await pendingIds())]) {
        seen.push(...ids);
        await store.markQueued(ids);
      }
      expect(seen).toEqual(idsOf(...large));
    });

    test("the sweep is bounded and comes to an end", async () => {
      const effects = Array.from({ length: 250 }, (_, index) => deadLetterEffect(index));
      await store.apply(notify(...effects));
      for (const id of idsOf(...effects)) await store.markSent(id);
      await under.advance(11 * minuteMs);
      const counts: number[] = [];
      for (let left = 250; left > 0 && counts.length < 10; left = (await store.countDeliveries()).sent) {
        counts.push(left);
        await store.pendingDeliveries(1);
      }
      expect(counts).toEqual([250, 150, 50]);
    });

    test.each(["plain", "ünïcödé 💥", '"quoted" \\ and \n broken', "\u0000", "a'b]]"])(
      "text comes back as it was: %j",
      async (text) => {
        const effect = alertEffect(1, {
          summary: text,
          key: { [text]: text },
          facts: { [text]: [1.5, null, true, 1e21, []] },
          fingerprint: text,
        });
        await store.apply(notify(effect));
        expect((await store.pendingDeliveries(1))[0]?.effect).toEqual(effect);
        expect(await store.incidents(1)).toMatchObject([{ summary: text, fingerprint: text }]);
      },
    );

    test("nothing is known of what never was", async () => {
      expect(await store.getDelivery("dnone")).toBeUndefined();
      expect(await store.claim("dnone", 1_000)).toEqual({ kind: "sent" });
      await store.markSent("dnone");
      await store.markFailed("dnone", "?");
      await store.releaseClaim("dnone");
      await store.apply([]);
      await store.markQueued([]);
      expect(await store.countDeliveries()).toEqual({ pending: 0, queued: 0, sent: 0, failed: 0 });
    });
  });
}
