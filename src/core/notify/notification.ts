import type { Effect, EffectId } from "../alert/effect.ts";
import { sha256Base32 } from "../base/hash.ts";

/** One message to one channel. Plain data; no secrets. */
export interface Delivery {
  /** Begins with a letter and holds no ":"; the idempotency key at the channel. A function of the effect's id and the channel. */
  readonly id: string;
  readonly channel: string;
  readonly effect: Effect;
}

/** What one effect leads to. */
export interface Notification {
  readonly effect: Effect;
  readonly deliveries: readonly Delivery[];
}

/** Names of channels, all of which exist. */
export interface Routing {
  /** For alarms, and for alerts whose rule names no channel. */
  readonly defaultChannels: readonly string[];
  readonly deadLetterChannel: string;
}

/** "d" and 26 base32 characters, equal for the same effect and channel, and for no others. */
export function deliveryIdOf(effectId: EffectId, channel: string): string {
  return `d${sha256Base32(JSON.stringify([effectId, channel]), 128)}`;
}

/** Who is told of an effect: one delivery for each channel, in the order named, a channel named twice once. */
export function notificationOf(effect: Effect, routing: Routing): Notification {
  const channels = new Set(channelsFor(effect, routing));
  return {
    effect,
    deliveries: [...channels].map((channel) => ({ id: deliveryIdOf(effect.id, channel), channel, effect })),
  };
}

function channelsFor(effect: Effect, routing: Routing): readonly string[] {
  switch (effect.kind) {
    case "alert":
      // A shadow rule's alerts are recorded, and nobody is told.
      if (effect.alert.mode === "shadow") return [];
      return effect.alert.channels.length > 0 ? effect.alert.channels : routing.defaultChannels;
    case "resolved":
      if (effect.resolved.mode === "shadow") return [];
      return effect.resolved.channels.length > 0 ? effect.resolved.channels : routing.defaultChannels;
    case "dead-letter":
      return [routing.deadLetterChannel];
    case "alarm":
      return routing.defaultChannels;
  }
}
