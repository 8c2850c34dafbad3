import { assertEquals } from "@std/assert";
import { IGNORABLE } from "../../tests/hostile/terminal_texts.ts";
import {
  approverNameFault,
  clientApprover,
  personNameFault,
} from "./approver_name.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";

const UNSEEN = "it has characters that cannot be seen";
const RESERVED = "in a record it means that there was no answer";

for (
  const { name, want } of [
    { name: "ada", want: undefined },
    { name: "Ada Lovelace <ada@example.org>", want: undefined },
    { name: "Zoë 李", want: undefined },
    { name: "nonesuch", want: undefined },
    { name: "", want: "it is blank" },
    { name: " \t ", want: "it is blank" },
    { name: "none", want: RESERVED },
    { name: " none ", want: RESERVED },
    { name: "None", want: RESERVED },
    { name: "a".repeat(200), want: undefined },
    { name: "a".repeat(201), want: "it is longer than 200 characters" },
    { name: "a\u001b[2Jda", want: UNSEEN },
    { name: "ada\nbob", want: UNSEEN },
    { name: "ada\u202e", want: UNSEEN },
    { name: "ada\u2028bob", want: UNSEEN },
    { name: "non\u200be", want: UNSEEN },
    { name: "ada\ud800", want: UNSEEN },
  ]
) {
  Deno.test(`approverNameFault() of "${terminalLine(name)}"`, () => {
    assertEquals(approverNameFault(name), want);
  });
}

const ALIKE =
  'it looks like "none", which in a record means that there was no answer';

for (
  const name of [
    "nоne",
    "nοne",
    "nonе",
    "nоnе",
    "ΝΟΝΕ",
    "ηοηε",
    "попе",
    "ｎｏｎｅ",
    "ＮＯＮＥ",
    "𝐧𝐨𝐧𝐞",
    "𝓝𝓸𝓷𝓮",
    "𝚗𝚘𝚗𝚎",
    "𝖓𝖔𝖓𝖊",
    "ℕ𝕠𝕟𝕖",
    "ⁿᵒⁿᵉ",
    "ⓝⓞⓝⓔ",
    "⒩⒪⒩⒠",
    "🄽🄾🄽🄴",
    "🅽🅾🅽🅴",
    "🅝🅞🅝🅔",
    "🇳🇴🇳🇪",
    "ɴᴏɴᴇ",
    "n0ne",
    "N0NE",
    "n٥ne",
    "n〇ne",
    "nøne",
    "nθnə",
    "№ne",
    "n o n e",
    "n.o.n.e",
    "n-o_n'e",
    "(none)",
    "“none”",
    "none.",
    "*none*",
    "nóne",
    "n\u0301o\u0308n\u0303e\u0323",
    "n\u0336o\u0336n\u0336e\u0336",
    "non é",
    "Ոօոе",
    "ꓠꓳꓠꓰ",
    "nംne",
    "ⲛⲟⲛⲉ",
    "ⲚⲞⲚⲈ",
    "ᑎOᑎE",
    "ᑎᝪᑎᗴ",
    "ᑎOᑎᙓ",
    "ΠΟΠΕ",
    "ποπε",
    "иone",
    "ИONE",
    "иоие",
    "йonè",
    "ͷone",
    "ͶONE",
    "noᥒe",
    "חone",
    "תסתe",
    "אסאe",
    "ꮑone",
    "ᏁᎾᏁᎬ",
    "ղօղҽ",
    "ՂՕՂE",
    "ռօռɛ",
    "ՌԾՌԵ",
    "nᴒne",
    "ᴎoᴎe",
    "ŋơŋɛ",
    "ɲoɲe",
    "ɳoɳe",
    "nonɘ",
    "nonɜ",
    "nonэ",
    "NONЭ",
    "non3",
    "NON3",
    "NONΣ",
    "NONΞ",
    "non∈",
    "NO∩E",
    "∏o∏e",
    "ภ๏ภє",
    "几口几乇",
    "ᘉᓍᘉᘿ",
    "ꋊꄲꋊꍟ",
    "𐌽o𐌽e",
    "nφne",
    "nфne",
    "nʘne",
    "nᗝne",
    "ⴖoⴖe",
    "n●ne",
    "n●n●e",
    "n•o•n•e",
    "●n●o●n●e●",
    "n◉ne",
    "n◎ne",
    "n⬤ne",
    "n⚫ne",
    "n🔵ne",
    "n☯ne",
    "n@ne",
    "n*ne",
    "n#ne",
    "noneǃ",
    "ǃnone",
    "noneǀ",
    "n·o·n·e",
    "nᐧoᐧnᐧe",
    "none一",
    "nꞏoꞏnꞏe",
    "noneʼ",
    "几ㄖ几乇",
    "กoกe",
  ]
) {
  Deno.test(`approverNameFault() refuses "${name}" as a name like none`, () => {
    assertEquals(approverNameFault(name), ALIKE);
  });
}

for (
  const { name, want } of [
    { name: "ada\u3164", want: UNSEEN },
    { name: "\u3164", want: UNSEEN },
    { name: "\u115f\u1160", want: UNSEEN },
    { name: "\uffa0", want: UNSEEN },
    { name: "\u2800", want: UNSEEN },
    { name: "ada \u2800", want: UNSEEN },
    { name: "ada\u{1d159}", want: UNSEEN },
    { name: "ada\u{16fe4}", want: UNSEEN },
    { name: "ada\ufffc", want: UNSEEN },
    { name: "ada\u{13441}", want: UNSEEN },
    { name: "ada\u{13442}", want: UNSEEN },
    { name: "a\u00adda", want: UNSEEN },
    { name: "ada\ufe0f", want: UNSEEN },
    { name: "ada\u{e0061}", want: UNSEEN },
    { name: "ada\u009b2J", want: UNSEEN },
    { name: "\u3000", want: "it is blank" },
    { name: "\u00a0\u2003\u202f", want: "it is blank" },
    ...["\u00a0", "\u1680", "\u2003", "\u2007", "\u202f", "\u205f", "\u3000"]
      .map((blank) => ({
        name: `ada${blank}lovelace`,
        want: "it has a blank that is not an ordinary space",
      })),
    { name: "\u0301\u0302", want: "it has no letter and no digit" },
    { name: " \u20dd ", want: "it has no letter and no digit" },
    { name: "…", want: "it has no letter and no digit" },
    { name: "--", want: "it has no letter and no digit" },
  ]
) {
  Deno.test(`approverNameFault() of "${terminalLine(name)}"`, () => {
    assertEquals(approverNameFault(name), want);
  });
}

Deno.test("approverNameFault() sees each character that Unicode lets a reader ignore", () => {
  const passed = IGNORABLE.map((point) => String.fromCodePoint(point))
    .filter((each) => approverNameFault(`a${each}da`) !== UNSEEN);
  assertEquals(passed, []);
});

for (
  const name of [
    "Алексей Попов",
    "Нона Гаприндашвили",
    "Олена",
    "Ελένη Παπαδοπούλου",
    "Νόνη",
    "Նոնե",
    "ნონა",
    "李小龍",
    "山田 太郎",
    "김민준",
    "노네",
    "محمد بن سلمان",
    "נעמי",
    "आनन्द",
    "สมชาย",
    "Seán O'Brien",
    "Jean-Luc Noël",
    "D’Angelo",
    "Łukasz Żółć",
    "Nguyễn Thị Minh",
    "Ångström, Å.",
    "Noone",
    "No One",
    "Nonie",
    "Anone",
    "None Such",
    "Simone",
    "Neon",
    "ops-2",
    "7",
    "ada+ci@example.org",
    "e\u0301lodie",
    "Πόπη Νόνου",
    "Иона",
    "Пион",
    "Нонна",
    "Ноне",
    "Пони",
    "Наоми",
    "חנה",
    "תומר",
    "נועה",
    "ნინო",
    "Ռոզա",
    "Հովհաննես",
    "Ղազար",
    "Анон",
    "Onno",
    "Enno",
    "Nono",
    "Nene",
    "Neo",
    "Leon",
    "none@example.org",
    "noner",
    "Nǃxau",
    "N!xau ǂToma",
    "กานต์",
    "几何",
    "乇",
    "一",
    "n3on",
    "Ünön",
    "@nona",
    "ada #2",
    "Ines ●",
    "Eno",
  ]
) {
  Deno.test(`approverNameFault() lets "${name}" answer`, () => {
    assertEquals(approverNameFault(name), undefined);
  });
}

for (
  const name of ["client:x", " Client : x", "\uff23lient:x", "client\uff1ax"]
) {
  Deno.test(`personNameFault() refuses "${name}", which is a client's`, () => {
    assertEquals(personNameFault(name)?.startsWith("it begins with"), true);
  });
}

Deno.test("personNameFault() lets a person be called client", () => {
  for (const name of ["client", "Ann Client", "ada (client: acme)"]) {
    assertEquals(personNameFault(name), undefined);
  }
});

Deno.test("clientApprover() records no name that cannot be recorded", () => {
  assertEquals(clientApprover("codex 1.0"), "client:codex 1.0");
  assertEquals(clientApprover("a\u202eb"), "client:unknown");
});
