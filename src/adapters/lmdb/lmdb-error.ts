import { statfsSync } from "node:fs";
import { constants } from "node:os";
import { CepError } from "../../ports/error.ts";

// Return codes of lmdb.h.
const mapFull = -30792;
const invalid = -30793;
const versionMismatch = -30794;
const panic = -30795;
const corrupted = -30796;
const pageNotFound = -30797;

/** Below this much room an I/O error of a write is taken for a full disk: lmdb reports a write cut short as EIO. */
const fullDiskBytes = 4 * 1024 * 1024;

/**
 * What lmdb threw, as a `CepError`; any other error (the action's own, an assertion) comes back as it is. Told by lmdb's
 * return code, never by its text.
 */
export function asStoreError(error: unknown, dir: string): unknown {
  if (error instanceof CepError || !(error instanceof Error) || !("code" in error)) return error;
  const code = error.code;
  const { ENOSPC, EDQUOT, EIO, EACCES, EPERM, EROFS } = constants.errno;
  if (
    code === mapFull ||
    code === ENOSPC ||
    code === EDQUOT ||
    code === "ENOSPC" ||
    code === "EDQUOT" ||
    (code === EIO && isDiskFull(dir))
  ) {
    return new CepError(
      "STORE_FULL",
      `the disk of ${dir} is full: make room there; nothing was half written and work goes on by itself`,
      {
        retryable: true,
        cause: error,
      },
    );
  }
  if (code === invalid || code === versionMismatch || code === corrupted || code === pageNotFound) {
    return new CepError(
      "STORE_DAMAGED",
      `${dir} holds no lmdb data that can be read (${error.message}): restore it from a backup or name another folder`,
      { cause: error },
    );
  }
  if (code === panic) {
    return new CepError(
      "STORE_UNAVAILABLE",
      `lmdb gave ${dir} up after an earlier fault of the disk: start the process again`,
      { cause: error },
    );
  }
  if (
    code === EACCES ||
    code === EPERM ||
    code === EROFS ||
    code === "EACCES" ||
    code === "EPERM" ||
    code === "EROFS" ||
    code === "ENOTDIR" ||
    code === "EEXIST"
  ) {
    return new CepError(
      "CONFIG",
      `${dir} can't be written to (${error.message}): name a folder that this user may write to`,
      { cause: error },
    );
  }
  if (typeof code === "number")
    return new CepError("STORE_UNAVAILABLE", `lmdb failed in ${dir}: ${error.message}`, {
      retryable: true,
      cause: error,
    });
  return error;
}

function isDiskFull(dir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize < fullDiskBytes;
  } catch {
    return false;
  }
}
