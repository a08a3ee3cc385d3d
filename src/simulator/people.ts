import type { JsonObject } from "../core/base/json.ts";

const givenNames =
  "amara anton asha ayumi beatriz bruno carmen chen dario elena emeka fatima felix goran hana hugo ines ivan jana jonas kaito karim lara leon lucia maja malik mei milan mira nadia nils noor olga omar paula petra rafael rosa samir sara sofia tariq tess timo uma vera viktor yara zoe".split(
    " ",
  );
const familyNames =
  "abel adeyemi berg brandt costa cruz dahl dias eriksen farah fischer garcia haas hansen ito ivanova jansen kaya keller kim kovac lang lopez martin meyer moreau nagy novak okafor oliveira patel petrov rossi santos sato schmid silva tanaka weber yilmaz".split(
    " ",
  );

/** As many as there are pairs of names. */
export const userCount = 2_000;

/** In the second half each city is thousands of kilometres from the one six places before it. */
const cities = [
  { country: "DE", city: "Berlin", lat: 52.52, lon: 13.41 },
  { country: "FR", city: "Paris", lat: 48.86, lon: 2.35 },
  { country: "ES", city: "Madrid", lat: 40.42, lon: -3.7 },
  { country: "GB", city: "London", lat: 51.51, lon: -0.13 },
  { country: "PL", city: "Warsaw", lat: 52.23, lon: 21.01 },
  { country: "SE", city: "Stockholm", lat: 59.33, lon: 18.07 },
  { country: "SG", city: "Singapore", lat: 1.35, lon: 103.82 },
  { country: "AU", city: "Sydney", lat: -33.87, lon: 151.21 },
  { country: "JP", city: "Tokyo", lat: 35.68, lon: 139.69 },
  { country: "BR", city: "São Paulo", lat: -23.55, lon: -46.63 },
  { country: "US", city: "New York", lat: 40.71, lon: -74.01 },
  { country: "ZA", city: "Cape Town", lat: -33.92, lon: 18.42 },
] as const;

const devices = ["windows-laptop", "macbook", "iphone", "android-phone", "linux-desktop"] as const;

export type City = (typeof cities)[number];

export function userName(number: number): string {
  const given = givenNames[number % givenNames.length] ?? "";
  return `${given}.${familyNames[Math.floor(number / givenNames.length) % familyNames.length] ?? ""}`;
}

export function homeCity(number: number): City {
  return cityAt(number * 5);
}

/** A city that nobody reaches from the user's own within a day. */
export function farCity(number: number): City {
  return cityAt(number * 5 + cities.length / 2);
}

/** Every fifth user sits in the city's office, behind one address; the others have addresses of their own (RFC 6598's shared space). */
export function homeAddress(number: number): string {
  if (number % 5 === 0) return officeAddress(homeCity(number));
  return `100.${64 + Math.floor(number / 250)}.${number % 250}.10`;
}

/** RFC 5737's first block of addresses for documentation. */
export function officeAddress(city: City): string {
  return `192.0.2.${10 + cities.indexOf(city)}`;
}

/** RFC 2544's block for benchmarks, 65,536 addresses in each of two halves. */
export function strangeAddress(half: 0 | 1, number: number): string {
  return `198.${18 + half}.${(number >> 8) & 255}.${number & 255}`;
}

export function deviceOf(number: number): string {
  return devices[number % devices.length] ?? "";
}

/** Where a sign-in comes from. */
export function placeFields({ country, city, lat, lon }: City): JsonObject {
  return { country, city, lat, lon };
}

function cityAt(index: number): City {
  return cities[index % cities.length] ?? cities[0];
}
