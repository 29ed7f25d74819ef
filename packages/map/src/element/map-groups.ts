/** A place in a map of any size: 0…1 from its left and from its top. Null where nothing is pointed at. */
export type Cursor = { readonly x: number; readonly y: number } | null;

/** A map that shares its cursor, and the end of its scale, with others of its group. */
export interface GroupMember {
  /** Where this map's own scale ends; null where it keeps to itself. */
  readonly ownEnd: number | null;
  /** How many values share what there is, where they are shares: those of 7 × 7 are larger than those of 224 × 224, and need a scale of their own. */
  readonly places: number;
  pointAt(cursor: Cursor): void;
  /** Another member's end has changed. */
  rescale(): void;
}

const groups = new Map<string, Set<GroupMember>>();

export function joinGroup(name: string, member: GroupMember): void {
  const members = groups.get(name) ?? new Set();
  groups.set(name, members.add(member));
}

export function leaveGroup(name: string, member: GroupMember): void {
  const members = groups.get(name);
  members?.delete(member);
  if (members?.size === 0) groups.delete(name);
}

/** The members of a group but one. */
export function othersIn(name: string, member: GroupMember): readonly GroupMember[] {
  return [...(groups.get(name) ?? [])].filter((other) => other !== member);
}

/** Where the scale of a map ends in its group: at the largest end of the maps that are as fine, so that equal colours are equal values. */
export function sharedEnd(name: string, { places }: Pick<GroupMember, "places">, own: number): number {
  return [...(groups.get(name) ?? [])].reduce((end, other) => (other.places === places ? Math.max(end, other.ownEnd ?? 0) : end), own);
}
