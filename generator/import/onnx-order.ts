/** Nodes of an ONNX graph in an order in which they can be computed: files should have one, and not all do. */
import { printable } from '../util/printable.js';
import type { OnnxNode } from './onnx-file.js';

/** Nodes after those whose outputs they read; a problem takes their place where one needs its own output. */
export function orderNodes(nodes: readonly OnnxNode[]): { readonly nodes: readonly OnnxNode[]; readonly problems: readonly string[] } {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const open = new Set(nodes);
  const missing = (node: OnnxNode): OnnxNode | undefined =>
    node.inputs.flatMap((name) => (name === '' ? [] : (makers.get(name) ?? []))).find((maker) => open.has(maker));
  const ordered: OnnxNode[] = [];
  for (let before = Infinity; open.size < before;) {
    before = open.size;
    for (const node of open) {
      if (missing(node) !== undefined) continue;
      open.delete(node);
      ordered.push(node);
    }
  }
  // Whoever follows nodes that are left backwards comes to a cycle, whatever else waits for it.
  let [node] = open;
  for (const seen = new Set<OnnxNode>(); node !== undefined; node = missing(node)) {
    if (!seen.has(node)) seen.add(node);
    else
      return {
        nodes: [],
        problems: [`node ${printable(node.name)} (${printable(node.op)}): needs its own output; a graph has no cycles, export it again`],
      };
  }
  return { nodes: ordered, problems: [] };
}
