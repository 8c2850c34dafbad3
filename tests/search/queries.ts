/** What is looked for, and the documents that must be among the first five. */
export interface Query {
  readonly query: string;
  readonly want: readonly string[];
}

/** Sixty queries, by what makes them hard. */
export const QUERIES: Readonly<Record<string, readonly Query[]>> = {
  "as it is written": [
    { query: "outage", want: ["en/outage-review"] },
    { query: "damaged pallets", want: ["en/forklifts"] },
    { query: "Straßenbeleuchtung", want: ["de/stoerung"] },
    { query: "Ventil", want: ["de/ventile"] },
    { query: "discrepancies", want: ["en/invoice-policy"] },
    { query: "Überstunden", want: ["de/urlaub"] },
  ],
  "without accents": [
    { query: "cafe", want: ["en/cafe-menu"] },
    { query: "where is the cafe", want: ["en/cafe-menu"] },
    { query: "resume", want: ["en/hiring"] },
    { query: "patisserie jose", want: ["en/cafe-menu"] },
    { query: "Storung", want: ["de/stoerung"] },
    { query: "strassenbeleuchtung", want: ["de/stoerung"] },
    { query: "MÜLLERSTRASSE", want: ["de/stoerung"] },
    { query: "prufer kuhlhaus", want: ["de/kuehlhaus"] },
    { query: "Brotchen", want: ["de/baeckerei"] },
    { query: "dreissig Tage", want: ["de/datenschutz"] },
  ],
  "in another form": [
    { query: "outages", want: ["en/outage-review"] },
    { query: "engineer", want: ["en/outage-review"] },
    { query: "restoring the service", want: ["en/outage-review"] },
    { query: "interviewing candidates", want: ["en/hiring"] },
    { query: "brake battery", want: ["en/forklifts"] },
    { query: "forklift driver", want: ["en/forklifts"] },
    { query: "paid invoice", want: ["en/invoice-policy"] },
    { query: "mailbox archive", want: ["en/backup_schedule.csv"] },
    { query: "Antrag Urlaub", want: ["de/urlaub"] },
    { query: "undichte Dichtung", want: ["de/ventile"] },
    { query: "Laterne", want: ["de/stoerung"] },
    { query: "Temperatur", want: ["de/kuehlhaus"] },
  ],
  "with a letter wrong": [
    { query: "databse", want: ["en/outage-review"] },
    { query: "forklfit", want: ["en/forklifts"] },
    { query: "acounting", want: ["en/invoice-policy"] },
    { query: "candidste", want: ["en/hiring"] },
    { query: "Bäkerei", want: ["de/baeckerei"] },
    { query: "Datenschuzterklärung", want: ["de/datenschutz"] },
  ],
  "by the name of the file": [
    { query: "invoice-policy.txt", want: ["en/invoice-policy"] },
    { query: "backup_schedule", want: ["en/backup_schedule.csv"] },
    { query: "kuehlhaus", want: ["de/kuehlhaus"] },
  ],
  "in Chinese": [
    { query: "数据库", want: ["zh/数据库"] },
    { query: "连接", want: ["zh/数据库"] },
    { query: "北京大学", want: ["zh/图书馆"] },
    { query: "温度计", want: ["zh/仓库"] },
    { query: "简历", want: ["zh/招聘"] },
    { query: "供应商 付款", want: ["zh/发票"] },
  ],
  "in Japanese": [
    { query: "サーバー", want: ["ja/障害報告"] },
    { query: "ﾃﾞｰﾀﾍﾞｰｽ", want: ["ja/障害報告"] },
    { query: "図書館はいつ開きますか", want: ["ja/図書館"] },
    { query: "医薬品", want: ["ja/倉庫"] },
    { query: "支払い", want: ["ja/請求書"] },
    { query: "面接", want: ["ja/採用"] },
  ],
  "in Korean": [
    { query: "서버", want: ["ko/장애보고"] },
    { query: "서버가", want: ["ko/장애보고"] },
    { query: "도서관에서", want: ["ko/도서관"] },
    { query: "냉장실 온도", want: ["ko/창고"] },
    { query: "이력서", want: ["ko/채용"] },
    { query: "사과", want: ["ko/빵집"] },
  ],
  "in Thai": [
    { query: "เซิร์ฟเวอร์", want: ["th/ฐานข้อมูล"] },
    { query: "หนังสือ", want: ["th/ห้องสมุด"] },
    { query: "อุณหภูมิ", want: ["th/คลังสินค้า"] },
    { query: "สัมภาษณ์", want: ["th/สมัครงาน"] },
    { query: "แอปเปิล", want: ["th/ร้านขนมปัง"] },
  ],
};
