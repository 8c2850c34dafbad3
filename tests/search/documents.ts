import type { Document } from "../../tools/document.ts";

/**
 * Thirty-six short texts in six languages, written for this test (CC0-1.0). Those
 * of one language are about six different things, so that a query has few answers.
 */
export const DOCUMENTS: readonly Document[] = Object.entries({
  "en/cafe-menu.md":
    "# The menu of the Café Zürich\n\nBreakfast is served until eleven. The pâtisserie is baked by José.",
  "en/outage-review.md":
    "# Review of the outage in May\n\nA database driver closed connections too early. Two engineers restored the service.",
  "en/hiring.md":
    "# How we hire\n\nSend your résumé. We are planning interviews, and every candidate is answered within a week.",
  "en/forklifts.md":
    "# Forklifts\n\nDrivers check brakes and batteries before each shift. Damaged pallets are replaced.",
  "en/invoice-policy.txt":
    "Paying invoices\n\nSuppliers are paid after thirty days. Discrepancies are reported to accounting.",
  "en/backup_schedule.csv":
    "day\tsystem\nmonday\tmailboxes\ntuesday\twarehouses\nwednesday\tarchives\n",
  "de/stoerung.md":
    "# Störung der Straßenbeleuchtung\n\nIn der Müllerstraße fielen alle Laternen aus. Ein Kabel war beschädigt.",
  "de/ventile.md":
    "# Wartung der Ventile\n\nJedes Ventil wird geölt. Undichte Dichtungen werden ersetzt.",
  "de/urlaub.md":
    "# Urlaubsantrag\n\nAnträge werden bis zum Monatsende geprüft. Überstunden können ausgeglichen werden.",
  "de/kuehlhaus.md":
    "# Temperaturen im Kühlhaus\n\nDie Fühler messen in Kammer zwei zu kalt. Der Prüfer hat sie getauscht.",
  "de/baeckerei.txt":
    "Öffnungszeiten der Bäckerei\n\nBrötchen und Äpfel gibt es ab sechs Uhr.",
  "de/datenschutz.md":
    "# Datenschutzerklärung\n\nPersonenbezogene Daten werden nach dreißig Tagen gelöscht.",
  "zh/数据库.md":
    "# 数据库故障报告\n\n早上连接池耗尽了，查询失败。工程师重新启动了服务器。",
  "zh/图书馆.md":
    "# 图书馆开放时间\n\n北京大学图书馆每天早上八点开门，学生可以借阅十本书。",
  "zh/仓库.md": "# 仓库温度记录\n\n冷藏室的温度计显示过低，药品没有受到影响。",
  "zh/发票.md": "# 发票付款规定\n\n供应商的发票在三十天之内支付。",
  "zh/招聘.md": "# 招聘流程\n\n请发送简历。面试安排在每周三下午。",
  "zh/面包店.md": "# 面包店\n\n新鲜的面包和苹果蛋糕从六点开始出售。",
  "ja/障害報告.md":
    "# データベース障害の報告\n\n朝に接続が切れました。エンジニアがサーバーを再起動しました。",
  "ja/図書館.md":
    "# 図書館の開館時間\n\n東京の図書館は午前九時に開きます。学生は十冊まで借りられます。",
  "ja/倉庫.md":
    "# 倉庫の温度\n\n冷蔵室の温度計が低すぎる値を示しました。医薬品に影響はありません。",
  "ja/請求書.md":
    "# 請求書の支払い\n\n取引先への支払いは三十日以内に行います。",
  "ja/採用.md":
    "# 採用の流れ\n\n履歴書を送ってください。面接は水曜日の午後です。",
  "ja/パン屋.md":
    "# パン屋\n\n焼きたてのパンとリンゴケーキは六時から販売します。",
  "ko/장애보고.md":
    "# 데이터베이스 장애 보고서\n\n아침에 연결이 끊어졌습니다. 엔지니어가 서버를 다시 시작했습니다.",
  "ko/도서관.md":
    "# 도서관 이용 시간\n\n서울의 도서관은 아홉 시에 문을 엽니다. 학생은 책을 열 권까지 빌립니다.",
  "ko/창고.md":
    "# 창고 온도 기록\n\n냉장실의 온도계가 너무 낮은 값을 보였습니다. 의약품에는 영향이 없습니다.",
  "ko/청구서.md":
    "# 청구서 지급 규정\n\n공급업체의 청구서는 삼십 일 안에 지급합니다.",
  "ko/채용.md":
    "# 채용 절차\n\n이력서를 보내 주세요. 면접은 수요일 오후에 있습니다.",
  "ko/빵집.md": "# 빵집\n\n갓 구운 빵과 사과 케이크는 여섯 시부터 판매합니다.",
  "th/ฐานข้อมูล.md":
    "# รายงานฐานข้อมูลขัดข้อง\n\nตอนเช้าการเชื่อมต่อขาดหาย วิศวกรเริ่มเซิร์ฟเวอร์ใหม่",
  "th/ห้องสมุด.md":
    "# เวลาเปิดห้องสมุด\n\nห้องสมุดในกรุงเทพเปิดเก้าโมงเช้า นักเรียนยืมหนังสือได้สิบเล่ม",
  "th/คลังสินค้า.md":
    "# อุณหภูมิในคลังสินค้า\n\nเครื่องวัดอุณหภูมิในห้องเย็นแสดงค่าต่ำเกินไป ยาไม่ได้รับผลกระทบ",
  "th/ใบแจ้งหนี้.md": "# การชำระใบแจ้งหนี้\n\nผู้ขายได้รับเงินภายในสามสิบวัน",
  "th/สมัครงาน.md": "# การสมัครงาน\n\nส่งประวัติย่อมา สัมภาษณ์ทุกวันพุธตอนบ่าย",
  "th/ร้านขนมปัง.md": "# ร้านขนมปัง\n\nขนมปังสดและเค้กแอปเปิลขายตั้งแต่หกโมงเช้า",
}).map(([path, text]) => ({
  id: path.replace(/\.(md|txt)$/, ""),
  path: `corpus/${path}`,
  text,
}));
