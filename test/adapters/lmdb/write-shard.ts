import { openEnvironment } from "../../../src/adapters/lmdb/environment.ts";
import { lmdbShardStore } from "../../../src/adapters/lmdb/shard-store.ts";
import { advanceOf, commitOf } from "../../contract/shard-store-fixture.ts";

// A second process for the tests: writes to shard 0 of the folder it is given until it is killed, goes on behind what is
// there, and tells each write's number once it is acknowledged.
const store = lmdbShardStore(await openEnvironment(process.argv[2] ?? ""), { shard: 0 });
const acquired = await store.acquire();
let { fence } = acquired;
process.stdout.write(`${fence.owner}\n`);
await store.putDocuments("d1", "text");
for (let ordinal = (acquired.through?.ordinal ?? -1) + 1; ; ordinal += 1) {
  const parts = { ordinal, journal: [ordinal], effects: [ordinal] };
  if (ordinal % 10 === 0) {
    const segment = `${fence.owner}-${ordinal}`;
    await store.stageSegment(segment, new Uint8Array(50_000));
    fence = await store.commit(fence, commitOf({ ...parts, segments: [segment] }));
  } else {
    fence = await store.advance(fence, advanceOf(parts));
  }
  process.stdout.write(`${ordinal}\n`);
}
