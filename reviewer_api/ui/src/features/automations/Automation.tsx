export function Automation() {
  return null;
}
