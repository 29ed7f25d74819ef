import { expect, it } from "vitest";
import { html, jsonForScript } from "./html.ts";

it("texts cannot become markup, wherever they stand", () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  expect(html`<p title="${hostile}">${hostile}</p>`.html).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;</p>',
  );
  expect(html`${[html`<b>${1}</b>`, null, ["<", html`<i>`]]}`.html).toBe("<b>1</b>&lt;<i>");
});

it("data of a script cannot end it, and is read back", () => {
  const value = { name: "</script><!--" };
  const { html: text } = jsonForScript(value);
  expect(text).not.toContain("<");
  expect(JSON.parse(text)).toEqual(value);
});
