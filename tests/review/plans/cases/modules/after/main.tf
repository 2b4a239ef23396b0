terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

variable "other_key" {
  type      = string
  sensitive = true
}

variable "other_secret" {
  type      = string
  sensitive = true
}

provider "aws" {
  alias               = "people"
  region              = "eu-west-1"
  access_key          = var.other_key
  secret_key          = var.other_secret
  allowed_account_ids = ["999999999999"]
}

module "team" {
  source   = "./team"
  for_each = toset(["blue", "red.x"])
  name     = each.key
  trusted  = aws_iam_user.carol.arn
  providers = {
    aws = aws
  }
}

resource "aws_iam_user" "carol" {
  provider = aws.people
  name     = "carol"
}

resource "aws_iam_role" "counted" {
  provider = aws.people
  count    = 2
  name     = "people-${count.index}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999999999999:root" } }]
  })
}
