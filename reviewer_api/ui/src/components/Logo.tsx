/** A crescent over a horizon where it dawns. */
export function Logo({ className }: { className?: string }) {
  return <img src="./icon.svg" alt="" className={className} width="32" height="32" />;
}
