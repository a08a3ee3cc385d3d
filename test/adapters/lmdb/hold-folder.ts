import { openEnvironment } from "../../../src/adapters/lmdb/environment.ts";

// A second process for the tests: holds the folder that it is given until it is killed.
const environment = await openEnvironment(process.argv[2] ?? "");
const held = environment.json("held");
await environment.transaction(() => held.put("by", process.pid));
process.stdout.write("held\n");
setInterval(() => {}, 1_000);
