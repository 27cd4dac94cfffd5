export function Edit() {
  return null;
}
