import type { JsonObject } from "../src/core/base/json.ts";
import type { TocsinEvent } from "../src/core/event/event.ts";
import { eventOf } from "./rule-set.ts";

/**
 * NEXMark's generator with its published constants: of 50 events 1 person, 3 auctions and 46 bids; half of the bids at the first
 * auction of the last hundred, three quarters by the second person of the last hundred, three quarters of the auctions by the
 * first. Left out are the fields that no query here reads (url, extra, credit card …) and the padding; random numbers are our own.
 *
 * After github.com/nexmark/nexmark, `PersonGenerator`, `AuctionGenerator`, `BidGenerator` and `NexmarkConfiguration`.
 */
const personProportion = 1;
const auctionProportion = 3;
const bidProportion = 46;
const totalProportion = personProportion + auctionProportion + bidProportion;
const hotAuctionRatio = 2;
const hotBiddersRatio = 4;
const hotSellersRatio = 4;
const hotBatch = 100;
const inFlightAuctionCount = 100;
const activePersonCount = 1_000;
const idLead = 10;
const firstAuctionId = 1_000;
const firstPersonId = 1_000;
const firstCategoryId = 10;
const categoryCount = 5;

const firstNames = "Peter,Paul,Luke,John,Saul,Vicky,Kate,Julie,Sarah,Deiter,Walter".split(",");
const lastNames = "Shultz,Abrams,Spencer,White,Bartels,Walton,Smith,Jones,Noris".split(",");
const states = "AZ,CA,ID,OR,WA,WY".split(",");
const channels = ["Google", "Facebook", "Baidu", "Apple"];

/** 2026-01-01T00:00:00Z, where a window of any size that divides a day begins. */
export const nexmarkStart = 1_767_225_600_000;

/** So many events of a run at so many a second, in the order of their times; equal for equal seeds. */
export function nexmarkEvents(count: number, perSecond = 10_000, seed = 1): readonly TocsinEvent[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, index) => {
    const time = nexmarkStart + Math.floor((index * 1_000) / perSecond);
    return eventOf({ ...fieldsOf(index, random), time }, index);
  });
}

type Random = () => number;

/** Mulberry32: numbers from 0 until 1. */
function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function fieldsOf(index: number, random: Random): JsonObject {
  const offset = index % totalProportion;
  if (offset < personProportion) return personOf(index, random);
  return offset < personProportion + auctionProportion ? auctionOf(index, random) : bidOf(index, random);
}

function personOf(index: number, random: Random): JsonObject {
  const name = `${pick(firstNames, random)} ${pick(lastNames, random)}`;
  return { type: "person", person: lastPerson(index) + firstPersonId, name, state: pick(states, random) };
}

function auctionOf(index: number, random: Random): JsonObject {
  const isHot = below(hotSellersRatio, random) > 0;
  const seller = isHot ? batchOf(lastPerson(index)) : nextPerson(index, random);
  return {
    type: "auction",
    auction: lastAuction(index) + firstAuctionId,
    seller: seller + firstPersonId,
    category: firstCategoryId + below(categoryCount, random),
    initialBid: priceOf(random),
  };
}

function bidOf(index: number, random: Random): JsonObject {
  const isHotAuction = below(hotAuctionRatio, random) > 0;
  const auction = isHotAuction ? batchOf(lastAuction(index)) : nextAuction(index, random);
  const isHotBidder = below(hotBiddersRatio, random) > 0;
  const bidder = isHotBidder ? batchOf(lastPerson(index)) + 1 : nextPerson(index, random);
  return {
    type: "bid",
    auction: auction + firstAuctionId,
    bidder: bidder + firstPersonId,
    price: priceOf(random),
    channel: pick(channels, random),
  };
}

function lastPerson(index: number): number {
  const offset = Math.min(index % totalProportion, personProportion - 1);
  return Math.floor(index / totalProportion) * personProportion + offset;
}

/** Of the last ones and of a few that are yet to come. */
function nextPerson(index: number, random: Random): number {
  const count = lastPerson(index) + 1;
  const active = Math.min(count, activePersonCount);
  return count - active + below(active + idLead, random);
}

function lastAuction(index: number): number {
  const epoch = Math.floor(index / totalProportion);
  const offset = (index % totalProportion) - personProportion;
  if (offset < 0) return epoch * auctionProportion - 1;
  return epoch * auctionProportion + Math.min(offset, auctionProportion - 1);
}

function nextAuction(index: number, random: Random): number {
  const last = lastAuction(index);
  const least = Math.max(last - inFlightAuctionCount, 0);
  return least + below(last - least + 1 + idLead, random);
}

function batchOf(number: number): number {
  return Math.floor(number / hotBatch) * hotBatch;
}

function priceOf(random: Random): number {
  return Math.round(10 ** (random() * 6) * 100);
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function pick(texts: readonly string[], random: Random): string {
  return texts[below(texts.length, random)] ?? "";
}
