import fc from "fast-check";

/**
 * Properties draw from one seed, so that a run depends on the code alone. `TOCSIN_SEED=N` draws others, and what that
 * finds becomes a row of a table; `TOCSIN_CASES` says how many cases the largest properties take.
 */
fc.configureGlobal({ seed: Number(process.env["TOCSIN_SEED"] ?? 1) });
