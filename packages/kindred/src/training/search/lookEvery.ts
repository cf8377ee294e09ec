/** Steps between two looks at how good a head has become. */
export const LOOK_EVERY = 20;
