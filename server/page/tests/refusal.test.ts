import { expect, it } from "vitest";
import { refusalInWords } from "../src/panel/refusal";
import { Refused } from "../src/service";
import { language } from "../src/words/language";
import { sampleZone } from "./sample_zone";

const finding = { message: "Leg 3 to 4 enters exclusion zone pad by 12.3 m", from_seq: 3, item_seq: 4, zone_id: "pad", clearance_m: -12.3, position: null, remedy: "" };

it("says findings in the page's language, violations only, instead of the service's sentence", () => {
  language.set("zh");
  const problem = {
    title: "Conflict",
    status: 409,
    detail: "Leg 3 to 4 enters exclusion zone pad by 12.3 m (plan p1).",
    findings: [
      { ...finding, severity: "advice" as const, code: "advisory" },
      { ...finding, severity: "violation" as const, code: "inside_exclusion" },
    ],
  };
  expect(refusalInWords(new Refused(problem), [sampleZone()])).toEqual(["第 3–4 项：进入医院直升机坪 12 米 – 请绕行"]);
});

it("says each reason once, and nothing where nobody answered", () => {
  const refused = new Refused({ title: "", status: 409, detail: "busy", reasons: ["busy", "PreArm: x"] });
  expect(refusalInWords(refused, [])).toEqual(["busy", "PreArm: x"]);
  expect(refusalInWords(new Error("gone"), [])).toBeNull();
});
