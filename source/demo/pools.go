package demo

// country is a market of Fernfold: how much of the business it is, when its
// people are awake, and what they and their companies are called. Lists are
// words separated by spaces; a word of another script carries its Latin form
// after a bar, and an underscore stands for a space inside a word.
type country struct {
	key      string
	weight   int
	minutes  int // local time ahead of UTC, without summer time
	language string
	// familyFirst puts the family name before the given one.
	familyFirst bool
	// separator stands between the parts of a name.
	separator       string
	given, family   string
	first, second   string // the words company names are made of
	company, cities string // company patterns: 1 and 2 stand for the words
}

// countries is read-only.
var countries = []country{
	{
		key: "DE", weight: 24, minutes: 60, language: "German", separator: " ",
		given:   "Mia Jonas Lena Felix Hannah Lukas Jürgen Käthe Björn Sabine Emil Greta Oskar Zoë Matthias Ayşe",
		family:  "Weber Schäfer Krüger Lehmann Böhm Vogel Jäger Winter Roth Großmann Yılmaz Seidel Brandt Kühn Albrecht Ziegler",
		first:   "Nordlicht Eichenhof Blaustein Rheingold Silberbach Kornblume Fuchsbau Morgenrot Lindenhof Windrad Kiesel Uferlos Zaunkönig Heidekraut Sternwarte Flussperle",
		second:  "Architekten Medien Logistik Verlag Maschinenbau Studio Werkstatt Beratung Optik Gärten",
		company: "1_2_GmbH 1_2 1_2_AG 1_&_Söhne", cities: "Köln Leipzig Hamburg München Freiburg Kiel",
	},
	{
		key: "US", weight: 23, minutes: -360, language: "English", separator: " ",
		given:   "Olivia Marcus Harper Deshawn Emily Tyler Naomi Walter Grace Hector Ruby Caleb Imani Joel Sadie Theo",
		family:  "Whitfield Carter Okafor Bennett Morales Hayes Sullivan Brooks Nguyen Kessler Dawson Pruitt Lang Ellison Vance O'Neill",
		first:   "Copperline Bluebird Redwood Lakeshore Ironwood Maplecrest Sundial Prairie Harborview Foxglove Stonebridge Juniper Cascade Wildrose Lantern Beacon",
		second:  "Labs Media Health Legal Builders Analytics Outfitters Schools Foods Robotics",
		company: "1_2 1_2_Inc. 1_2_LLC 1_&_Partners", cities: "Austin Denver Portland Boston Tulsa Raleigh",
	},
	{
		key: "GB", weight: 11, minutes: 0, language: "English", separator: " ",
		given:   "Imogen Alfie Saoirse Callum Priya Rhys Beatrice Hamish Poppy Nigel Aoife Gareth Esme Rupert",
		family:  "Ashworth Pemberton MacLeod Griffiths Hartley Sinclair Whitaker Blythe Fairfax O'Brien Thackeray Lowe Mistry Penrose",
		first:   "Thistledown Kingfisher Hawthorn Tidewater Millstone Larkspur Ravenscroft Heather Puddle Greenfinch Chalk Bramble",
		second:  "Design Solicitors Press Engineering Films Trust Surveyors Kitchens Archive",
		company: "1_2_Ltd 1_2 1_&_Co", cities: "Leeds Bristol Cardiff Glasgow Bath York",
	},
	{
		key: "FR", weight: 9, minutes: 60, language: "French", separator: " ",
		given:   "Chloé Mathieu Élodie Rémi Camille Noël Inès Théo Manon Jérôme Léa François Anaïs Cédric",
		family:  "Lefèvre Garnier Béranger Fournier Chevalier Dubreuil Marchand Perrin Aubry Delacroix Rousselle Noiret",
		first:   "Clairière Hirondelle Tournesol Mistral Ardoise Lavande Rivage Belvédère Coquelicot Cyprès",
		second:  "Conseil Éditions Architecture Énergie Cinéma Pâtisserie Ingénierie Santé",
		company: "1_2 1_2_SARL Atelier_1 1_&_Fils", cities: "Nantes Lyon Lille Béziers Orléans",
	},
	{
		key: "ES", weight: 5, minutes: 60, language: "Spanish", separator: " ",
		given:   "Lucía Íñigo Marta Álvaro Nuria Joaquín Begoña Iker Sofía Andrés",
		family:  "Ibáñez Quintero Navarro Echeverría Peña Robles Cuevas Llorente Vidal Muñoz",
		first:   "Naranjo Almendra Sierra Olivar Golondrina Faro Encina Mareas",
		second:  "Diseño Logística Abogados Audiovisual Ingeniería Clínica",
		company: "1_2_S.L. 1_2 Grupo_1", cities: "Sevilla Bilbao Cádiz Gijón",
	},
	{
		key: "BR", weight: 6, minutes: -180, language: "Portuguese", separator: " ",
		given:   "João Larissa Thiago Beatriz Antônio Conceição Rafael Luíza Caio Tainá",
		family:  "Araújo Guimarães Moreira Assunção Teixeira Brandão Falcão Nogueira Peixoto Simões",
		first:   "Ipê Jabuti Araucária Maré Sabiá Caju Vitória-Régia Açaí",
		second:  "Soluções Mídia Engenharia Saúde Comércio Educação",
		company: "1_2_Ltda 1_2 Grupo_1", cities: "Curitiba Recife Goiânia Belém",
	},
	{
		key: "JP", weight: 6, minutes: 540, language: "Japanese", familyFirst: true, separator: " ",
		given:   "陽菜|hina 蓮|ren さくら|sakura 大翔|hiroto 美咲|misaki 健太|kenta 結衣|yui 翔太|shota 葵|aoi 直樹|naoki",
		family:  "佐藤|sato 鈴木|suzuki 高橋|takahashi 渡辺|watanabe 小林|kobayashi 山本|yamamoto 中村|nakamura 加藤|kato 松本|matsumoto 井上|inoue",
		first:   "東京|tokyo 青空|aozora 白鳥|hakucho 富士見|fujimi みどり|midori 桜丘|sakuragaoka 北星|hokusei 月光|gekko",
		second:  "デザイン|design 製作所|seisakusho 出版|shuppan 商事|shoji 建築|kenchiku メディア|media",
		company: "株式会社12 12 12株式会社", cities: "京都|kyoto 札幌|sapporo 福岡|fukuoka 仙台|sendai",
	},
	{
		key: "CN", weight: 3, minutes: 480, language: "Chinese", familyFirst: true,
		given:   "伟|wei 芳|fang 静怡|jingyi 子涵|zihan 明|ming 雪梅|xuemei 建国|jianguo 雨桐|yutong",
		family:  "王|wang 李|li 张|zhang 陈|chen 刘|liu 欧阳|ouyang 赵|zhao 周|zhou",
		first:   "上海|shanghai 星河|xinghe 青云|qingyun 长江|changjiang 明月|mingyue 金桥|jinqiao",
		second:  "科技|keji 设计|sheji 传媒|chuanmei 物流|wuliu 教育|jiaoyu",
		company: "12有限公司 12", cities: "杭州|hangzhou 成都|chengdu 苏州|suzhou",
	},
	{
		key: "IN", weight: 6, minutes: 330, language: "Hindi", separator: " ",
		given:   "आरव|aarav प्रिया|priya रोहन|rohan अनन्या|ananya विक्रम|vikram दीपा|deepa मीरा|meera अर्जुन|arjun",
		family:  "शर्मा|sharma पटेल|patel गुप्ता|gupta वर्मा|verma जोशी|joshi मिश्रा|mishra राव|rao सिंह|singh",
		first:   "सूर्य|surya गंगा|ganga नीलम|neelam हिमालय|himalaya कमल|kamal आकाश|akash",
		second:  "टेक|tech मीडिया|media शिक्षा|shiksha उद्योग|udyog स्टूडियो|studio",
		company: "1_2 1_2_प्रा._लि.", cities: "पुणे|pune जयपुर|jaipur कोच्चि|kochi",
	},
	{
		key: "EG", weight: 3, minutes: 120, language: "Arabic", separator: " ",
		given:   "أحمد|ahmed فاطمة|fatma محمود|mahmoud نور|nour ياسمين|yasmin كريم|karim ليلى|layla عمر|omar",
		family:  "حسن|hassan السيد|elsayed إبراهيم|ibrahim منصور|mansour فؤاد|fouad شاهين|shahin",
		first:   "القاهرة|alqahira النيل|alnil الأهرام|alahram اللوتس|allotus الواحة|alwaha",
		second:  "للتصميم|design للنشر|publishing للإعلام|media للهندسة|engineering",
		company: "شركة_1_2 1_2", cities: "الإسكندرية|alexandria الجيزة|giza",
	},
	{
		key: "GR", weight: 3, minutes: 120, language: "Greek", separator: " ",
		given:   "Ελένη|eleni Γιώργος|giorgos Αθηνά|athina Νίκος|nikos Σοφία|sofia Δημήτρης|dimitris Κατερίνα|katerina",
		family:  "Παπαδάκη|papadaki Οικονόμου|oikonomou Ιωάννου|ioannou Μακρή|makri Βλάχος|vlachos Αγγέλου|angelou",
		first:   "Ελλάδα|ellada Αιγαίο|aigaio Ελιά|elia Ήλιος|ilios Δελφίνι|delfini",
		second:  "Εκδόσεις|ekdoseis Μελέτες|meletes Ναυτιλία|naftilia Τεχνική|techniki",
		company: "1_2 1_2_ΑΕ", cities: "Θεσσαλονίκη|thessaloniki Πάτρα|patra",
	},
	{
		key: "IL", weight: 3, minutes: 120, language: "Hebrew", separator: " ",
		given:   "נועה|noa איתי|itai תמר|tamar יונתן|yonatan מאיה|maya דניאל|daniel שירה|shira",
		family:  "לוי|levi מזרחי|mizrahi פרידמן|friedman אברהם|avraham ביטון|biton שפירא|shapira",
		first:   "ירושלים|yerushalayim גלים|galim זית|zayit כוכב|kochav רימון|rimon",
		second:  "סטודיו|studio הנדסה|handasa הפקות|hafakot עיצוב|itzuv",
		company: "1_2 1_2_בע״מ", cities: "חיפה|haifa אילת|eilat",
	},
	{
		key: "TH", weight: 3, minutes: 420, language: "Thai", separator: " ",
		given:   "สมชาย|somchai มาลี|malee อนันต์|anan กานดา|kanda ธนา|thana พิมพ์|pim",
		family:  "ใจดี|jaidee ทองคำ|thongkham ศรีสุข|srisuk วงศ์ไทย|wongthai แก้วใส|kaewsai",
		first:   "กรุงเทพ|krungthep ช้างน้อย|changnoi ดอกบัว|dokbua สายฟ้า|saifa",
		second:  "ดีไซน์|design การพิมพ์|kanphim มีเดีย|media ขนส่ง|khonsong",
		company: "บริษัท12 12", cities: "เชียงใหม่|chiangmai ภูเก็ต|phuket",
	},
	{
		key: "VN", weight: 3, minutes: 420, language: "Vietnamese", familyFirst: true, separator: " ",
		given:   "Minh Hương Dũng Thảo Quân Linh Bảo Ngọc_Ánh",
		family:  "Nguyễn Trần Phạm Hoàng Đặng Bùi Võ",
		first:   "Sông_Hồng Hoa_Sen Biển_Xanh Trúc_Lâm Ánh_Dương",
		second:  "Thiết_Kế Truyền_Thông Xây_Dựng Giáo_Dục",
		company: "Công_ty_1_2 1_2", cities: "Đà_Nẵng Huế Cần_Thơ",
	},
	{
		key: "RU", weight: 2, minutes: 180, language: "Russian", separator: " ",
		given:   "Анна|anna Дмитрий|dmitry Ольга|olga Иван|ivan Светлана|svetlana Павел|pavel",
		family:  "Лебедев|lebedev Кузьмин|kuzmin Беляев|belyaev Журавль|zhuravl Мороз|moroz",
		first:   "Северный_Ветер|sever Ромашка|romashka Берёзка|beryozka Маяк|mayak",
		second:  "Проект|proekt Издат|izdat Строй|stroi Кино|kino",
		company: "ООО_1_2 1_2", cities: "Казань|kazan Пермь|perm",
	},
}
