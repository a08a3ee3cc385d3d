import fc from "fast-check";

/** Names that projections and texts draw from, so that they meet. */
const memberNames = [
  "a",
  "id",
  "type",
  "time",
  "ts",
  "source",
  "specversion",
  "b c",
  "",
  "ü",
  "constructor",
  "toString",
];
export const memberName = fc.constantFrom(...memberNames);

/** Those that a scanner takes. */
export const scannedName = fc.constantFrom(...memberNames.filter((name) => name !== ""));

const space = fc.constantFrom("", "", "", "", " ", "\t", "\r", "  ");
const writtenName = fc.oneof(
  { weight: 12, arbitrary: memberName.map((name) => JSON.stringify(name)) },
  fc.constantFrom('"__proto__"', '"\\u0061"', '"i\\u0064"', '"\\ud800"', '"\\x"', "a", "1"),
);
const writtenNumber = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
  fc.bigInt(-(10n ** 20n), 10n ** 20n).map(String),
  fc.tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.nat(10 ** 9)).map(([whole, fraction]) => `${whole}.${fraction}`),
  fc.constantFrom(
    "-0",
    "0",
    "-0.0",
    "1e999",
    "-1E-999",
    "1e5",
    "0.1e-2",
    "9007199254740993",
    "123456789012345.6",
    "0.000000000000001",
  ),
  fc.constantFrom("01", "+1", "1.", ".5", "-", "1e", "NaN", "0x1", "1e+", "--1"),
);
const writtenText = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
  fc
    .string({ unit: fc.constantFrom("a", "\\n", "\\ud800", "\\u00e9", "\\/", '\\"', "é", "😀", "\u2028", "\u007f") })
    .map((text) => `"${text}"`),
  fc
    .string({ unit: fc.constantFrom("a", "bc", "\t", "\n", "\\x", "\\u12", "\u0000", "\u001f") })
    .map((text) => `"${text}"`),
  fc.constantFrom('"2025-06-01T00:04:09.000Z"', '"1.0"', '"payment.authorization"', '"x', '"\\'),
);

/** JSON texts, nearly all of them valid, with all that a scanner may stumble over. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: writtenText },
    { weight: 3, arbitrary: writtenNumber },
    { weight: 2, arbitrary: fc.constantFrom("true", "false", "null") },
    fc.constantFrom("tru", "True", "nul", "", "[1,]", "{,}", "[1 2]", '{"a" 1}', "]"),
    fc
      .tuple(space, fc.array(tie("value"), { maxLength: 3 }))
      .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
    tie("object"),
  ),
  object: fc
    .array(fc.tuple(space, writtenName, space, space, tie("value"), space), { maxLength: 6 })
    .map((members) => `{${members.map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`).join(",")}}`),
})).object;

/** An object with an envelope that can be read, so that most texts are events. */
export const eventText = fc.oneof(
  jsonText,
  fc
    .tuple(jsonText, fc.constantFrom("1", "1767225600000", '"2025-06-01T00:04:09Z"'))
    .map(([text, time]) => (text === "{}" ? `{"time":${time}}` : `${text.slice(0, -1)},"time":${time}}`)),
);
