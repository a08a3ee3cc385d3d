declare const brand: unique symbol;

/** A `T` that only its own constructor can make, so that two values of one primitive type can't be swapped. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
