/** Where a person was when they left for Home Assistant's sign-in page, which leads back to the first page only. */
const KEY = "nightshift-way-back";

export function keepWayBack(place: string) {
  sessionStorage.setItem(KEY, place);
}

/** The place, once; null where nobody left. */
export function takeWayBack(): string | null {
  const place = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return place;
}
