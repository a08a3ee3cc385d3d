import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where Debian and hand-made installations put servers, whether or not the user's PATH has it. */
const serverFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"];

const policyPath = "/usr/sbin/policy-rc.d";

/**
 * Path of a server's program, installed with apt-get from apt's own sources where it is absent and this user may.
 *
 * @throws {Error} one line that says what to install. A test run never goes on without its servers.
 */
export async function serverBinary(name: string, debianPackage: string): Promise<string> {
  const found = findBinary(name);
  if (found !== undefined) return found;
  const help = `${name} is not on PATH nor in ${serverFolders.join(", ")}: install it (Debian and Ubuntu: apt-get install ${debianPackage})`;
  if (process.getuid?.() !== 0 || findBinary("apt-get") === undefined) throw new Error(help);
  installing = installing.catch(() => undefined).then(() => install(debianPackage));
  try {
    await installing;
  } catch (cause) {
    throw new Error(`${help}; apt-get could not`, { cause });
  }
  const installed = findBinary(name);
  if (installed === undefined) throw new Error(`${help}; its package holds no such program`);
  return installed;
}

/** One installation at a time: apt has one lock. */
let installing: Promise<void> = Promise.resolve();

export function findBinary(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...serverFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs the package without letting it start a service of its own: policy-rc.d answers 101, "not allowed". */
async function install(debianPackage: string): Promise<void> {
  const isPolicyOurs = !existsSync(policyPath);
  const removePolicy = (): void => rmSync(policyPath, { force: true });
  if (isPolicyOurs) {
    writeFileSync(policyPath, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" });
    process.once("exit", removePolicy);
  }
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const lock = ["-o", "DPkg::Lock::Timeout=300"];
    await run("apt-get", [...lock, "-qq", "update"], { env });
    await run("apt-get", [...lock, "-qq", "-y", "--no-install-recommends", "install", debianPackage], { env });
  } finally {
    if (isPolicyOurs) {
      removePolicy();
      process.off("exit", removePolicy);
    }
  }
}
