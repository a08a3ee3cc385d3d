import { readFileSync, readlinkSync } from "node:fs";

/** What tells one run of a process from every other on this machine, also after its pid was given to another. */
export interface ProcessMark {
  readonly pid: number;
  /** Start of the process in clock ticks since boot; undefined where the system does not say (not Linux). */
  readonly startTicks: string | undefined;
  readonly bootId: string | undefined;
  readonly pidNamespace: string | undefined;
}

export function ownProcessMark(): ProcessMark {
  return {
    pid: process.pid,
    startTicks: processStat(process.pid)?.startTicks,
    bootId: orUndefined(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: orUndefined(() => readlinkSync("/proc/self/ns/pid")),
  };
}

/**
 * Whether the process that left `mark` still runs. A process that was killed and not yet reaped does not. One in another
 * pid namespace (another container) can't be seen from here and counts as gone: a container that was killed must not
 * keep its successor out, and what both write is kept right by the fence.
 */
export function isProcessAlive(mark: ProcessMark): boolean {
  const own = ownProcessMark();
  if (mark.bootId !== own.bootId || mark.pidNamespace !== own.pidNamespace) return false;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const stat = processStat(mark.pid);
  if (stat === undefined) return true;
  return stat.startTicks === mark.startTicks && stat.state !== "Z" && stat.state !== "X";
}

/** State and start of a process as proc(5) has them: fields 3 and 22 of stat, counted behind the name's last bracket. */
function processStat(
  pid: number,
): { readonly state: string | undefined; readonly startTicks: string | undefined } | undefined {
  const text = orUndefined(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], startTicks: fields[19] };
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
