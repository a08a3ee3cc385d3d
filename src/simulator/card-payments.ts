import type { JsonObject } from "../core/base/json.ts";
import type { Prng } from "../core/base/prng.ts";
import { between, happens, money, plotStream, spread } from "./plot.ts";
import type { Plot } from "./plot.ts";
import { Rota } from "./rota.ts";
import { eventDraft } from "./stream.ts";
import type { Draft, Stream } from "./stream.ts";

/** Milliseconds between two shoppers are in [1, this]: 50 a second, and a round of all cards in a minute. */
const shopperGapMsMax = 39;
const cardCount = 3_040;

/** Bank identification numbers, as the first six digits of a card's; even places are attacked, odd ones have look-alikes. */
const binCount = 24;

interface Merchant {
  readonly merchant: string;
  readonly category: string;
  readonly country: string;
  /** A usual amount is from half of it to twice. */
  readonly amount: number;
}

const merchants: readonly Merchant[] = [
  { merchant: "Corner Market", category: "grocery", country: "DE", amount: 32 },
  { merchant: "Green Basket", category: "grocery", country: "FR", amount: 41 },
  { merchant: "City Transit", category: "transit", country: "DE", amount: 2.4 },
  { merchant: "Park and Go", category: "parking", country: "GB", amount: 3.1 },
  { merchant: "Harbour Coffee", category: "restaurant", country: "GB", amount: 6.5 },
  { merchant: "Trattoria Luce", category: "restaurant", country: "IT", amount: 38 },
  { merchant: "Page and Quill", category: "books", country: "US", amount: 24 },
  { merchant: "Volt Electronics", category: "electronics", country: "US", amount: 180 },
  { merchant: "Fuel Stop 9", category: "fuel", country: "PL", amount: 55 },
  { merchant: "Stream Plus", category: "subscription", country: "US", amount: 11 },
  { merchant: "North Pharmacy", category: "pharmacy", country: "SE", amount: 19 },
  { merchant: "Wanderer Hotels", category: "travel", country: "ES", amount: 240 },
];

/** Authorisations of 3,040 cards of 24 banks: a purchase now and then, one in twenty declined and tried once more. */
export function cardPayments(prng: Prng): readonly Stream[] {
  const cards = new Rota({ size: cardCount, stride: 1_109 });
  const plots = [
    cardTesting(),
    rushHour(cards),
    cardVelocity(cards),
    busyShopper(cards),
    decliningAmounts(cards),
    stubbornRetry(cards),
    giftCards(cards),
    honeymoon(cards),
  ];
  return [shoppers(cards, prng), ...plots.map((plot) => plotStream(plot, prng))];
}

function shoppers(cards: Rota, root: Prng): Stream {
  const prng = root.fork("shoppers");
  return {
    firstOffsetMs: prng.nextBelow(shopperGapMsMax),
    run(offsetMs) {
      const merchant = merchantAt(prng.nextBelow(merchants.length));
      const fields = {
        ...cardFields(cards.next()),
        ...purchase(merchant, money(prng, merchant.amount / 2, merchant.amount * 2)),
      };
      const drafts = happens(prng, 20)
        ? [declined(offsetMs, fields, "insufficient-funds"), approved(offsetMs + between(prng, 1_000, 3_000), fields)]
        : [approved(offsetMs, fields)];
      return { drafts, nextOffsetMs: offsetMs + between(prng, 1, shopperGapMsMax) };
    },
  };
}

function merchantAt(index: number): Merchant {
  const [first = { merchant: "", category: "", country: "", amount: 1 }] = merchants;
  return merchants[index % merchants.length] ?? first;
}

function cardFields(number: number): JsonObject {
  const bin = binAt(number % binCount);
  return { card: `${bin}-${String(number).padStart(5, "0")}`, bin };
}

function binAt(index: number): string {
  return String(411_100 + index * 37);
}

function purchase({ merchant, category, country }: Merchant, amount: number): JsonObject {
  return { amount, currency: "EUR", merchant, category, country };
}

function approved(offsetMs: number, fields: JsonObject): Draft {
  return eventDraft(offsetMs, "payment.authorization", { ...fields, outcome: "approved" });
}

function declined(offsetMs: number, fields: JsonObject, reason: string): Draft {
  return eventDraft(offsetMs, "payment.authorization", { ...fields, outcome: "declined", reason });
}

/** Guessed numbers of one bank, tried with amounts that nobody notices; one in five exists. */
function cardTesting(): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-card-testing", name: "tested", isLookAlike: false },
    ...{ firstOffsetMs: 2_000, everyMs: 9_000 },
    stage({ offsetMs, ordinal, prng }) {
      const bin = binAt(2 * ((ordinal * 5) % (binCount / 2)));
      const first = between(prng, 20_000, 90_000);
      const offsets = spread({ offsetMs, prng }, { count: between(prng, 16, 24), stepMsMin: 100, stepMsMax: 300 });
      const drafts = offsets.map((at, index) => {
        const fields = { card: `${bin}-${first + index * 7}`, bin, ...purchase(merchantAt(9), money(prng, 0.5, 3)) };
        return index % 5 === 4 ? approved(at, fields) : declined(at, fields, "no-such-card");
      });
      return { key: { bin }, drafts };
    },
  };
}

/** As many small authorisations on one bank's cards, but they go through: a concert has ended at a car park. */
function rushHour(cards: Rota): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-card-testing", name: "rush-hour", isLookAlike: true },
    ...{ firstOffsetMs: 3_500, everyMs: 11_000 },
    stage({ offsetMs, ordinal, prng }) {
      const bin = binAt(2 * ((ordinal * 5) % (binCount / 2)) + 1);
      const offsets = spread({ offsetMs, prng }, { count: 20, stepMsMin: 100, stepMsMax: 300 });
      const drafts = offsets.map((at, index) => {
        const fields = { ...cardFields(cards.away(4, index)), ...purchase(merchantAt(3), money(prng, 1.5, 4.5)) };
        const ofBin = { ...fields, card: `${bin}-${String(between(prng, 10_000, 19_999))}`, bin };
        return index % 7 === 6 ? declined(at, ofBin, "insufficient-funds") : approved(at, ofBin);
      });
      return { key: { bin }, drafts };
    },
  };
}

/** A stolen card is emptied: large purchases at one shop after the other. */
function cardVelocity(cards: Rota): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-card-velocity", name: "spree", isLookAlike: false },
    ...{ firstOffsetMs: 4_000, everyMs: 8_000 },
    stage({ offsetMs, prng }) {
      const card = cardFields(cards.away(0));
      const offsets = spread({ offsetMs, prng }, { count: between(prng, 6, 9), stepMsMin: 250, stepMsMax: 700 });
      const drafts = offsets.map((at, index) =>
        approved(at, { ...card, ...purchase(merchantAt(index), money(prng, 450, 950)) }),
      );
      return { key: { card: card["card"] ?? null }, drafts };
    },
  };
}

/** One large purchase and two small ones; or every second time many small ones. */
function busyShopper(cards: Rota): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-card-velocity", name: "busy", isLookAlike: true },
    ...{ firstOffsetMs: 5_500, everyMs: 9_000 },
    stage({ offsetMs, ordinal, prng }) {
      const card = cardFields(cards.away(1));
      const isLarge = ordinal % 2 === 0;
      const offsets = spread({ offsetMs, prng }, { count: isLarge ? 3 : 7, stepMsMin: 300, stepMsMax: 700 });
      const drafts = offsets.map((at, index) => {
        const amount = isLarge && index === 0 ? money(prng, 2_500, 4_000) : money(prng, 12, 60);
        return approved(at, { ...card, ...purchase(merchantAt(index), amount) });
      });
      return { key: { card: card["card"] ?? null }, drafts };
    },
  };
}

/** Somebody who does not know the limit of a card lowers the amount until it goes through. */
function decliningAmounts(cards: Rota): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-amount-probing", name: "probed", isLookAlike: false },
    ...{ firstOffsetMs: 5_000, everyMs: 9_000 },
    stage({ offsetMs, prng }) {
      const card = cardFields(cards.away(2));
      const offsets = spread({ offsetMs, prng }, { count: between(prng, 4, 6), stepMsMin: 500, stepMsMax: 1_200 });
      let amount = money(prng, 700, 1_000);
      const drafts = offsets.map((at, index) => {
        const fields = { ...card, ...purchase(merchantAt(7), amount) };
        amount = Math.floor(amount * 60) / 100;
        return index < offsets.length - 1 ? declined(at, fields, "over-limit") : approved(at, fields);
      });
      return { key: { card: card["card"] ?? null }, drafts };
    },
  };
}

/** The same amount again and again, until the owner has raised the card's limit. */
function stubbornRetry(cards: Rota): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-amount-probing", name: "retried", isLookAlike: true },
    ...{ firstOffsetMs: 6_000, everyMs: 10_000 },
    stage({ offsetMs, prng }) {
      const card = cardFields(cards.away(3));
      const fields = { ...card, ...purchase(merchantAt(11), money(prng, 150, 600)) };
      const offsets = spread({ offsetMs, prng }, { count: 5, stepMsMin: 500, stepMsMax: 1_200 });
      const drafts = offsets.map((at, index) =>
        index < 4 ? declined(at, fields, "over-limit") : approved(at, fields),
      );
      return { key: { card: card["card"] ?? null }, drafts };
    },
  };
}

const giftShop: Merchant = { merchant: "Gift Card Outlet", category: "gift_cards", country: "US", amount: 50 };
const jeweller: Merchant = { merchant: "Maison d'Or", category: "jewellery", country: "FR", amount: 900 };

/** Thousands for gift cards, which nobody can take back. */
function giftCards(cards: Rota): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-large-gift-cards", name: "gift-cards", isLookAlike: false },
    ...{ firstOffsetMs: 4_500, everyMs: 13_000 },
    stage({ offsetMs, prng }) {
      const fields = { ...cardFields(cards.away(5)), ...purchase(giftShop, money(prng, 5_000, 9_000)) };
      return { key: {}, drafts: [approved(offsetMs, fields)] };
    },
  };
}

/** A purchase as large for rings, and an ordinary one of gift cards. */
function honeymoon(cards: Rota): Plot {
  return {
    ...{ scenario: "payment", rule: "payment-large-gift-cards", name: "rings", isLookAlike: true },
    ...{ firstOffsetMs: 7_000, everyMs: 11_000 },
    stage({ offsetMs, prng }) {
      const card = cardFields(cards.away(6));
      const drafts = [
        approved(offsetMs, { ...card, ...purchase(jeweller, money(prng, 5_000, 12_000)) }),
        approved(offsetMs + 900, { ...card, ...purchase(giftShop, money(prng, 25, 100)) }),
      ];
      return { key: {}, drafts };
    },
  };
}
