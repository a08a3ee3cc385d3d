import type { Effect } from "../../src/core/alert/effect.ts";
import { deliveryIdOf, type Delivery } from "../../src/core/notify/notification.ts";
import { alertEffect } from "./sample-effects.ts";

export function deliveryOf(effect: Effect = alertEffect(0), channel = "ops"): Delivery {
  return { id: deliveryIdOf(effect.id, channel), channel, effect };
}
