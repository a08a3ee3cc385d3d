import type { Prng } from "../core/base/prng.ts";
import { between, decisionSlackMs, happens, plotStream } from "./plot.ts";
import type { Plot } from "./plot.ts";
import { eventDraft } from "./stream.ts";
import type { Stream } from "./stream.ts";

const services = ["checkout", "search", "accounts", "images"] as const;
const hostsPerService = 6;
const hostCount = services.length * hostsPerService;
const samplePeriodMs = 500;
const beatPeriodMs = 1_000;

/** What is wrong with a host during [fromMs, toMs). */
interface Fault {
  readonly kind: "slow" | "failing" | "silent";
  readonly host: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Faults under way or to come; a few at a time. */
class Faults {
  all: Fault[] = [];

  add(atMs: number, faults: readonly Fault[]): void {
    this.all = [...this.all.filter(({ toMs }) => toMs > atMs), ...faults];
  }

  has(kind: Fault["kind"], host: number, atMs: number): boolean {
    return this.all.some(
      (fault) => fault.kind === kind && fault.host === host && fault.fromMs <= atMs && atMs < fault.toMs,
    );
  }
}

/** Two samples and a heartbeat a second of each of 24 hosts, six for each of four services. */
export function serviceMetrics(prng: Prng): readonly Stream[] {
  const faults = new Faults();
  const plots = [
    latencySpike(faults),
    slowRequest(faults),
    errorBurst(faults),
    failingHost(faults),
    lostHost(faults),
    lateBeat(faults),
  ];
  // Plots before the noise: at an equal moment a fault has begun.
  return [...plots.map((plot) => plotStream(plot, prng)), samples(faults, prng), heartbeats(faults, prng)];
}

function hostName(host: number): string {
  return `${serviceOf(host)}-${String((host % hostsPerService) + 1).padStart(2, "0")}`;
}

function serviceOf(host: number): string {
  return services[Math.floor(host / hostsPerService)] ?? services[0];
}

function samples(faults: Faults, root: Prng): Stream {
  const prng = root.fork("samples");
  let slot = 0;
  return {
    firstOffsetMs: 0,
    run(offsetMs) {
      const host = slot % hostCount;
      slot += 1;
      const nextOffsetMs = Math.floor((slot * samplePeriodMs) / hostCount);
      if (faults.has("silent", host, offsetMs)) return { drafts: [], nextOffsetMs };
      const latencyMs = faults.has("slow", host, offsetMs)
        ? between(prng, 700, 1_400)
        : between(prng, 40, 120) + (happens(prng, 50) ? 150 : 0);
      const requests = between(prng, 40, 80);
      const errors = faults.has("failing", host, offsetMs)
        ? between(prng, Math.floor(requests * 0.45), Math.floor(requests * 0.7))
        : between(prng, 0, 1);
      const cpu = between(prng, 15, 65) / 100;
      const fields = { host: hostName(host), service: serviceOf(host), latencyMs, requests, errors, cpu };
      return { drafts: [eventDraft(offsetMs, "metric.sample", fields)], nextOffsetMs };
    },
  };
}

function heartbeats(faults: Faults, root: Prng): Stream {
  const prng = root.fork("heartbeats");
  let slot = 0;
  return {
    firstOffsetMs: 0,
    run(offsetMs) {
      const host = slot % hostCount;
      slot += 1;
      const nextOffsetMs = Math.floor((slot * beatPeriodMs) / hostCount);
      // The network delays a beat by some milliseconds.
      const at = offsetMs + prng.nextBelow(80);
      if (faults.has("silent", host, offsetMs)) return { drafts: [], nextOffsetMs };
      return {
        drafts: [eventDraft(at, "heartbeat", { host: hostName(host), service: serviceOf(host) })],
        nextOffsetMs,
      };
    },
  };
}

/** Host of a staging; lanes keep faults of one host apart that would hide each other. */
function hostInLane(ordinal: number, lane: 0 | 1 | 2): number {
  return ((ordinal * 5) % (hostCount / 3)) * 3 + lane;
}

/** Longer than two of the rule's tumbling windows of 3 s, so that one lies in it whole, wherever they begin. */
const spikeMs = 6_600;

function latencySpike(faults: Faults): Plot {
  return {
    ...{ scenario: "metric", rule: "metric-latency-spike", name: "slow", isLookAlike: false },
    ...{ firstOffsetMs: 2_000, everyMs: 10_000 },
    stage({ offsetMs, ordinal }) {
      const host = hostInLane(ordinal, 0);
      const toMs = offsetMs + spikeMs;
      faults.add(offsetMs, [{ kind: "slow", host, fromMs: offsetMs, toMs }]);
      return { key: { host: hostName(host) }, drafts: [], lastOffsetMs: toMs - 1, dueOffsetMs: toMs + decisionSlackMs };
    },
  };
}

/** One slow sample: a pause of the garbage collector. */
function slowRequest(faults: Faults): Plot {
  return {
    ...{ scenario: "metric", rule: "metric-latency-spike", name: "pause", isLookAlike: true },
    ...{ firstOffsetMs: 3_000, everyMs: 7_000 },
    stage({ offsetMs, ordinal }) {
      const host = hostInLane(ordinal, 2);
      const toMs = offsetMs + samplePeriodMs;
      faults.add(offsetMs, [{ kind: "slow", host, fromMs: offsetMs, toMs }]);
      // Its window ends within 3 s.
      return { key: { host: hostName(host) }, drafts: [], lastOffsetMs: toMs - 1, dueOffsetMs: toMs + 3_000 };
    },
  };
}

function errorBurst(faults: Faults): Plot {
  return {
    ...{ scenario: "metric", rule: "metric-error-burst", name: "burst", isLookAlike: false },
    ...{ firstOffsetMs: 4_000, everyMs: 14_000 },
    stage({ offsetMs, ordinal }) {
      const service = ordinal % services.length;
      const toMs = offsetMs + 4_500;
      const hosts = Array.from({ length: hostsPerService }, (_, index) => service * hostsPerService + index);
      faults.add(
        offsetMs,
        hosts.map((host) => ({ kind: "failing", host, fromMs: offsetMs, toMs })),
      );
      return {
        key: { service: services[service] ?? services[0] },
        drafts: [],
        lastOffsetMs: toMs - 1,
        dueOffsetMs: toMs + decisionSlackMs,
      };
    },
  };
}

/** One host of six fails: its balancer takes it out before the service suffers. */
function failingHost(faults: Faults): Plot {
  return {
    ...{ scenario: "metric", rule: "metric-error-burst", name: "one-host", isLookAlike: true },
    ...{ firstOffsetMs: 6_000, everyMs: 9_000 },
    stage({ offsetMs, ordinal }) {
      const host = hostInLane(ordinal, 2);
      const toMs = offsetMs + 3_000;
      faults.add(offsetMs, [{ kind: "failing", host, fromMs: offsetMs, toMs }]);
      return { key: { service: serviceOf(host) }, drafts: [], lastOffsetMs: toMs - 1 };
    },
  };
}

function lostHost(faults: Faults): Plot {
  return {
    ...{ scenario: "metric", rule: "metric-heartbeat-missing", name: "lost", isLookAlike: false },
    ...{ firstOffsetMs: 3_000, everyMs: 11_000 },
    stage({ offsetMs, ordinal }) {
      const host = hostInLane(ordinal, 1);
      const toMs = offsetMs + 6_000;
      faults.add(offsetMs, [{ kind: "silent", host, fromMs: offsetMs, toMs }]);
      return {
        key: { host: hostName(host) },
        drafts: [],
        lastOffsetMs: toMs - 1,
        dueOffsetMs: offsetMs + 3_000 + decisionSlackMs,
      };
    },
  };
}

/** A single beat is lost. */
function lateBeat(faults: Faults): Plot {
  return {
    ...{ scenario: "metric", rule: "metric-heartbeat-missing", name: "one-beat", isLookAlike: true },
    ...{ firstOffsetMs: 5_000, everyMs: 6_000 },
    stage({ offsetMs, ordinal }) {
      const host = hostInLane(ordinal + 3, 2);
      const toMs = offsetMs + beatPeriodMs;
      faults.add(offsetMs, [{ kind: "silent", host, fromMs: offsetMs, toMs }]);
      return { key: { host: hostName(host) }, drafts: [], lastOffsetMs: toMs - 1, dueOffsetMs: toMs + 2_000 };
    },
  };
}
