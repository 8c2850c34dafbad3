/**
 * The invented staff of Halden Freight, by team. Any likeness is a coincidence.
 *
 * @module
 */

/** Site reliability engineers, who share the on-call rota. */
export const SRE = [
  "Ilka Brandvoll",
  "Tomas Ferrenho",
  "Nadia Okwese",
  "Jorin Maesdal",
  "Petra Lindquam",
  "Samir Haddune",
] as const;

/** Shift and site leads in the warehouses. */
export const SITES = [
  "Bettina Krael",
  "Owen Tarrisford",
  "Malika Sorbey",
  "Henk Duivelaar",
] as const;

/** Finance operations. */
export const FINANCE = [
  "Carla Wintermoor",
  "Anselm Pryde",
  "Yusra Benhalim",
] as const;

/** Engineers of the data platform. */
export const DATA = [
  "Rune Askvig",
  "Lotte Vanderhey",
  "Deepa Manikaran",
] as const;

/** Internal audit and information security. */
export const AUDIT = [
  "Gwen Ollerby",
  "Matteo Scarlini",
  "Frida Halvarsen",
] as const;
